"""Writing announcements, sending them, answering them, and having sessions ask by them."""

from services.notifications.announcements.commands.answering import confirm, read, read_asked
from services.notifications.announcements.commands.reaching import STEPS
from services.notifications.announcements.commands.sending import remind, send, what_is_due, withdraw
from services.notifications.announcements.commands.sessions import excuse, follow_session, invite, set_rule
from services.notifications.announcements.commands.writing import attach, draft, edit

__all__ = [
    "STEPS",
    "attach",
    "confirm",
    "draft",
    "edit",
    "excuse",
    "follow_session",
    "invite",
    "read",
    "read_asked",
    "remind",
    "send",
    "set_rule",
    "what_is_due",
    "withdraw",
]
