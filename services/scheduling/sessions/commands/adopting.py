"""After a restore: what was told of a task that the database no longer has."""

from typing import cast
from uuid import UUID

import msgspec

from services.scheduling.invitations.model.answer import Answer
from services.scheduling.invitations.model.invitation import Invitation
from services.scheduling.programmes.model import Programme
from services.scheduling.sessions.model import Session
from shared.contracts.scheduling import SchedulingTask
from shared.db import Transaction

#: What is added to a version that must exceed those that a lost draft may have had.
BEYOND = 1_000_000


def adopt_task(tx: Transaction, event: SchedulingTask) -> None:
    """After a restore: what was said of a draft is newer than the draft, which goes on counting from there.

    A draft that the restored database does not have is lost, and waits for nobody: its task is closed.
    """
    path, _, id_ = event.link.rpartition("/")
    planned: Programme | Session | None = (
        tx.db.get(Programme, UUID(id_)) if path.endswith("programmes") else tx.db.get(Session, UUID(id_))
    )
    if path.endswith(("invitations", "answers")):
        asked = tx.db.get(Invitation if path.endswith("invitations") else Answer, UUID(id_))
        planned = cast("Programme | Session | None", asked)  # all of them count their versions
    if planned is not None:
        planned.version = max(planned.version, event.version)
    elif event.closed_at is None:
        # Beyond all that was said of it, the states still to be read among them.
        tx.emit(msgspec.structs.replace(event, version=event.version + BEYOND, closed_at=tx.now))
