"""Pages of logs."""

from services.exchange.duties.ui import changing, showing
from services.exchange.duties.ui.showing import blueprint

__all__ = ["blueprint", "changing", "showing"]
