"""Pages of communities."""

from services.exchange.mentoring.ui import founding, showing
from services.exchange.mentoring.ui.asking import blueprint

__all__ = ["blueprint", "founding", "showing"]
