"""Bookings: asking, answering, handing over, their log, and all of them as a workbook."""

from services.resources.bookings.ui import exporting
from services.resources.bookings.ui.acting import blueprint

__all__ = ["blueprint", "exporting"]
