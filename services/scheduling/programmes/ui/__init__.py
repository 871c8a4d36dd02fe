"""Pages of programmes."""

from services.scheduling.programmes.ui import listing, roster, showing
from services.scheduling.programmes.ui.asking import blueprint

__all__ = ["blueprint", "listing", "roster", "showing"]
