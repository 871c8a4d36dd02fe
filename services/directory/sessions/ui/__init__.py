"""Pages of signing in and out."""

from services.directory.sessions.ui import entering, password, staying
from services.directory.sessions.ui.asking import blueprint

__all__ = ["blueprint", "entering", "password", "staying"]
