"""Pages of sessions."""

from services.scheduling.sessions.ui import changing, drafting, listing, showing
from services.scheduling.sessions.ui.asking import blueprint

__all__ = ["blueprint", "changing", "drafting", "listing", "showing"]
