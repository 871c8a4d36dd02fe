"""Writing announcements, sending them, and answering them."""

from services.notifications.announcements.commands.answering import confirm, read
from services.notifications.announcements.commands.sending import remind, send, what_is_due, withdraw
from services.notifications.announcements.commands.writing import attach, draft, edit

__all__ = ["attach", "confirm", "draft", "edit", "read", "remind", "send", "what_is_due", "withdraw"]
