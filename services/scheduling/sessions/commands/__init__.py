"""What may be done with sessions. `scopes` are those of who asks: what lies outside is not there for them."""

from services.scheduling.sessions.commands.adopting import BEYOND, adopt_task
from services.scheduling.sessions.commands.following import session_of
from services.scheduling.sessions.commands.planning import (
    draft_session,
    move_session,
    name_leader,
    revise_session,
    swap_sessions,
)
from services.scheduling.sessions.commands.releasing import (
    cancel_session,
    close_session,
    hold_session,
    postpone_session,
    recall_session,
    release_session,
)

__all__ = [
    "BEYOND",
    "adopt_task",
    "cancel_session",
    "close_session",
    "draft_session",
    "hold_session",
    "move_session",
    "name_leader",
    "postpone_session",
    "recall_session",
    "release_session",
    "revise_session",
    "session_of",
    "swap_sessions",
]
