"""Reads about sessions, each in a fixed number of queries."""

from services.scheduling.sessions.queries.listing import (
    Found,
    Sort,
    sessions_listed,
    sessions_titled,
    sessions_while,
    sessions_within,
)
from services.scheduling.sessions.queries.naming import PersonFound, people_called
from services.scheduling.sessions.queries.rows import (
    SessionRow,
    no_such_session,
    row_of,
    session_within,
    sessions_of,
    task_states,
)

__all__ = [
    "Found",
    "PersonFound",
    "SessionRow",
    "Sort",
    "no_such_session",
    "people_called",
    "row_of",
    "session_within",
    "sessions_listed",
    "sessions_of",
    "sessions_titled",
    "sessions_while",
    "sessions_within",
    "task_states",
]
