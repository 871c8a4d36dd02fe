"""Pages of invitations: the host's, and that of the region that is invited."""

from services.scheduling.invitations.ui import answering, exporting, hosting
from services.scheduling.invitations.ui.asking import blueprint

__all__ = ["answering", "blueprint", "exporting", "hosting"]
