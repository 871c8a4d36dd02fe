"""Pages that take files in, and the way in which they are handed out."""

from services.resources.files.ui import placing, sharing
from services.resources.files.ui.sending import blueprint

__all__ = ["blueprint", "placing", "sharing"]
