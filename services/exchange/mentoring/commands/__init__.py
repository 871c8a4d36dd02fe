"""What may be done with communities."""

from services.exchange.mentoring.commands.founding import begin_community, revise_community
from services.exchange.mentoring.commands.meeting import end_community, hold_meeting

__all__ = ["begin_community", "end_community", "hold_meeting", "revise_community"]
