"""Pages of items."""

from services.resources.items.ui import changing, deciding, looking
from services.resources.items.ui.asking import blueprint

__all__ = ["blueprint", "changing", "deciding", "looking"]
