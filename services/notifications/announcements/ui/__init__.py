"""The pages of announcements: the sender's, and the school's."""

from services.notifications.announcements.ui import answering, board, following, sending, writing
from services.notifications.announcements.ui.asking import blueprint

__all__ = ["answering", "blueprint", "board", "following", "sending", "writing"]
