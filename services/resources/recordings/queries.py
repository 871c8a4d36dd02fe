"""Reads about recordings."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.resources.recordings.model import Recording


def recording_of(db: Session, session_id: UUID) -> Recording | None:
    """The recording of a session, if it left one."""
    return db.get(Recording, session_id)
