"""Reads about inboxes."""

from services.notifications.inbox.queries.listing import (
    Inbox,
    NoticeRow,
    SchoolRow,
    Wanted,
    inbox_within,
    mark_within,
)
from services.notifications.inbox.queries.waiting import (
    accounts_concerned,
    notices_titled,
    task_states,
    unread_by,
)

__all__ = [
    "Inbox",
    "NoticeRow",
    "SchoolRow",
    "Wanted",
    "accounts_concerned",
    "inbox_within",
    "mark_within",
    "notices_titled",
    "task_states",
    "unread_by",
]
