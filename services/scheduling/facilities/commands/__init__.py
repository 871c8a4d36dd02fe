"""Borrowing rooms for sessions: asking, taking, giving back, following the session, and hearing what resources answers."""

from services.scheduling.facilities.commands.asking import (
    ask_for_facility,
    choose_instead,
    confirm_facility,
    give_back_facility,
)
from services.scheduling.facilities.commands.following import (
    adopt_room_task,
    follow_session,
    give_back_all,
    give_up_waiting,
)
from services.scheduling.facilities.commands.hearing import (
    hear_confirmed,
    hear_declined,
    hear_held,
    hear_lapsed,
    hear_released,
    keep_facility,
)

__all__ = [
    "adopt_room_task",
    "ask_for_facility",
    "choose_instead",
    "confirm_facility",
    "follow_session",
    "give_back_all",
    "give_back_facility",
    "give_up_waiting",
    "hear_confirmed",
    "hear_declined",
    "hear_held",
    "hear_lapsed",
    "hear_released",
    "keep_facility",
]
