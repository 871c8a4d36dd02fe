"""Notices, who has each of them, and their words."""

from services.notifications.inbox.model.notices import COUNTED, INVITING, NO_MORE, Copy, Entry, Notice
from services.notifications.inbox.model.words import WORDS, needed, said

__all__ = ["COUNTED", "INVITING", "NO_MORE", "WORDS", "Copy", "Entry", "Notice", "needed", "said"]
