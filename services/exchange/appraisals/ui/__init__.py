"""Pages of appraisals."""

from services.exchange.appraisals.ui import changing, forming, showing
from services.exchange.appraisals.ui.showing import blueprint

__all__ = ["blueprint", "changing", "forming", "showing"]
