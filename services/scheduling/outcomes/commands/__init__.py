"""Handing in, accepting and handing back, and saying whose turn it is."""

from services.scheduling.outcomes.commands.handing import accept, hand_back, hand_in
from services.scheduling.outcomes.commands.owing import adopt_owed_task, say_who_owes, say_who_owes_what

__all__ = ["accept", "adopt_owed_task", "hand_back", "hand_in", "say_who_owes", "say_who_owes_what"]
