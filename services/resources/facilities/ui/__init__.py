"""Facilities: a day of all of them, one with its week, its form, how much each is used, and lists that come in and go out."""

from services.resources.facilities.ui import bringing, keeping
from services.resources.facilities.ui.showing import blueprint

__all__ = ["blueprint", "bringing", "keeping"]
