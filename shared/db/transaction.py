"""The unit of work: all that a command needs and all that it may touch."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from shared.db import audit
from shared.errors import NotFound
from shared.text import Sentence

A = TypeVar("A")

_LOCKED = "tongxing.locked"


@dataclass(frozen=True, slots=True)
class Cause:
    """The event that a reaction answers, and who answers it: what the ids of its own events derive from.

    happened_at: the moment of what the event tells of, by its publisher's clock.
    """

    event_id: str
    consumer: str
    happened_at: datetime


class Emitter(Protocol):
    """Takes the events of a transaction; `shared.events.outbox.Outbox` is the one."""

    def emit(self, tx: "Transaction", event: object) -> None:
        """Prepare the event's row; raise where it can never be sent."""
        ...

    def flush(self, db: Session) -> None:
        """Write the prepared rows into the transaction, right before its commit."""
        ...

    def committed(self, db: Session) -> None:
        """Wake the relay if the transaction that was just committed left something to send."""
        ...


@dataclass(slots=True, eq=False)
class Transaction:
    """One unit of work, opened and committed by the edge; commands never commit.

    db: the session. now: the moment of the whole transaction, aware, UTC. actor: who does it, as
    `kind:id`. cause: the event behind it, in a reaction. traceparent: W3C trace context, if traced. origin: the
    client's address, where a request is behind it.
    """

    db: Session
    now: datetime
    actor: str
    emitter: Emitter
    cause: Cause | None = None
    traceparent: str | None = None
    origin: str | None = None
    emitted: int = field(default=0, init=False)

    def emit(self, event: object) -> None:
        """Send `event` with this transaction: it is published if and only if the transaction commits."""
        self.emitter.emit(self, event)
        self.emitted += 1

    def record(
        self,
        *,
        what: str,
        subject_kind: str,
        subject: object,
        school_id: UUID | None = None,
        person_id: UUID | None = None,
    ) -> None:
        """Write into the audit trail what no event tells of, such as a password that was set or a list exported."""
        audit.enter(
            self,
            what=what,
            subject_kind=subject_kind,
            subject=str(subject),
            school_id=school_id,
            person_id=person_id,
        )

    def load(self, kind: type[A], id_: UUID) -> A:
        """The aggregate, locked until the commit, so that the order of versions is the order of commits.

        Raises NotFound.
        """
        locked: set[tuple[type, UUID]] = self.db.info.setdefault(_LOCKED, set())
        # A second load in one transaction must not read the row again over changes not yet written.
        fresh = (kind, id_) not in locked
        found = self.db.get(kind, id_, with_for_update=fresh or None, populate_existing=fresh)
        if found is None:
            raise NotFound(
                Sentence(zh="没有找到，可能已被删除。", en=f"There is no such {kind.__name__.lower()}.")
            )
        locked.add((kind, id_))
        return found
