"""Joint sessions, their states, and what is told of them."""

from services.scheduling.sessions.model.session import Session

__all__ = ["Session"]
