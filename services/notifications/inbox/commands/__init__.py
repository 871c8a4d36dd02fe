"""Telling schools and people, which the reactions do, and noting that they have read it."""

from services.notifications.inbox.commands.reaching import reach_some
from services.notifications.inbox.commands.reading import (
    adopt_task,
    archive_notice,
    read_notice,
)
from services.notifications.inbox.commands.reminding import remind_of_sessions
from services.notifications.inbox.commands.telling import tell

__all__ = [
    "adopt_task",
    "archive_notice",
    "reach_some",
    "read_notice",
    "remind_of_sessions",
    "tell",
]
