"""Pages of placements."""

from services.exchange.placements.ui import changing, listing, picturing, proposing, showing
from services.exchange.placements.ui.asking import blueprint

__all__ = ["blueprint", "changing", "listing", "picturing", "proposing", "showing"]
