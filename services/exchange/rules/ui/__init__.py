"""Pages of rules."""

from services.exchange.rules.ui import deciding, showing
from services.exchange.rules.ui.asking import blueprint

__all__ = ["blueprint", "deciding", "showing"]
