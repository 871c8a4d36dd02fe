"""Announcements, what schools have said to them, and which sessions ask."""

from services.notifications.announcements.model.announcements import (
    ESCALATE_AFTER,
    PRINCIPALS_AFTER,
    REMIND_BEFORE,
    STATES,
    Announcement,
)
from services.notifications.announcements.model.receipts import File, Receipt
from services.notifications.announcements.model.rules import MOST_DAYS, AskingRule
from services.notifications.announcements.model.texts import (
    LARGEST,
    LONGEST_NAME,
    LONGEST_TITLE,
    MOST_FILES,
    Text,
)

__all__ = [
    "ESCALATE_AFTER",
    "LARGEST",
    "LONGEST_NAME",
    "LONGEST_TITLE",
    "MOST_DAYS",
    "MOST_FILES",
    "PRINCIPALS_AFTER",
    "REMIND_BEFORE",
    "STATES",
    "Announcement",
    "AskingRule",
    "File",
    "Receipt",
    "Text",
]
