"""Reads about announcements."""

from services.notifications.announcements.queries.board import BoardRow, Way, board_of, detailed
from services.notifications.announcements.queries.concerned import (
    answered_for,
    days_asked,
    groups_within,
    may_tell,
    principals_of,
    reach,
)
from services.notifications.announcements.queries.listing import (
    Attached,
    Listed,
    announcement_for,
    announcement_tasks,
    announcement_within,
    announcements_within,
    files_of,
    no_such_announcement,
    received,
    unconfirmed,
)

__all__ = [
    "Attached",
    "BoardRow",
    "Listed",
    "Way",
    "announcement_for",
    "announcement_tasks",
    "announcement_within",
    "announcements_within",
    "answered_for",
    "board_of",
    "days_asked",
    "detailed",
    "files_of",
    "groups_within",
    "may_tell",
    "no_such_announcement",
    "principals_of",
    "reach",
    "received",
    "unconfirmed",
]
