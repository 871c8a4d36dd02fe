"""Pages of accounts."""

from services.directory.accounts.ui import inviting, listing, picking, showing, slips
from services.directory.accounts.ui.asking import blueprint

__all__ = ["blueprint", "inviting", "listing", "picking", "showing", "slips"]
