"""The list of who was there, the screen in the hall, and the page on a phone."""

from services.scheduling.attendance.ui import arriving, listing
from services.scheduling.attendance.ui.asking import blueprint

__all__ = ["arriving", "blueprint", "listing"]
