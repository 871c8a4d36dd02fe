"""Pages of compliance."""

from services.exchange.compliance.ui import closing, counties, listing, overview
from services.exchange.compliance.ui.asking import blueprint

__all__ = ["blueprint", "closing", "counties", "listing", "overview"]
