"""Notices, who has each of them, and their words."""

from services.notifications.inbox.model.notices import ASKING, COUNTED, INVITING, NO_MORE, Copy, Entry, Notice
from services.notifications.inbox.model.words import LATE, WORDS, late, needed, said, with_names

__all__ = [
    "ASKING",
    "COUNTED",
    "INVITING",
    "LATE",
    "NO_MORE",
    "WORDS",
    "Copy",
    "Entry",
    "Notice",
    "late",
    "needed",
    "said",
    "with_names",
]
