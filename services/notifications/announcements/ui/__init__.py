"""The pages of announcements: the sender's, and the school's."""

from services.notifications.announcements.ui import answering, following, sending, writing
from services.notifications.announcements.ui.asking import blueprint

__all__ = ["answering", "blueprint", "following", "sending", "writing"]
