"""Pages of agreements."""

from services.exchange.agreements.ui import changing, drafting, showing
from services.exchange.agreements.ui.asking import blueprint

__all__ = ["blueprint", "changing", "drafting", "showing"]
