"""Aggregates that a restore left behind what was published: listed, looked at, accepted.

Accepting keeps the restored state as the truth. The aggregate's version is moved past the newest published
one, so that its next change is a newer fact to everybody, not a second history of the same versions.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.db import Aggregate, Database, Transaction
from shared.errors import Invalid, NotFound
from shared.events.diverged import diverged
from shared.events.operations import decisions
from shared.text import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Diverged:
    """A published event that the restored database does not know."""

    topic: str
    key: str
    version: int
    type: str
    event_id: UUID
    found_at: datetime


def listed(db: Session, *, key: str | None = None) -> list[Diverged]:
    """What is missing, by aggregate and version."""
    rows = db.execute(
        sa.select(diverged)
        .where(*([] if key is None else [diverged.c.key == key]))
        .order_by(diverged.c.topic, diverged.c.key, diverged.c.version)
    )
    return [
        Diverged(
            topic=row.topic,
            key=row.key,
            version=row.version,
            type=row.type,
            event_id=row.event_id,
            found_at=row.found_at,
        )
        for row in rows
    ]


def accept(
    database: Database, service: str, *, package: str, key: str, actor: str, reason: str
) -> list[Diverged]:
    """Take the aggregate as it stands in this database; it takes changes again. Answers what is given up.

    package: where the service's models lie. Raises NotFound where nothing of that key is listed, and Invalid
    without a reason.
    """
    if not reason.strip():
        raise Invalid(Sentence(zh="请写明理由。", en="Say why: a reason is missing."), field="reason")

    def take(tx: Transaction) -> list[Diverged]:
        missing = listed(tx.db, key=key)
        if not missing:
            raise NotFound(
                Sentence(
                    zh=f"{service} 中没有待核对的 {key}。", en=f"Nothing of {key} has diverged in {service}."
                )
            )
        _move_past(tx.db, package, key, version=max(event.version for event in missing))
        tx.db.execute(sa.delete(diverged).where(diverged.c.key == key))
        about = [{"event_id": str(event.event_id), "topic": event.topic, "key": key} for event in missing]
        decisions.keep(tx, service, "accepted", about, reason=reason)
        return missing

    return database.run(take, actor=actor)


def _move_past(db: Session, package: str, key: str, *, version: int) -> None:
    """Move the version of the aggregate `key`, if this database has it, to at least `version`."""
    try:
        id_ = UUID(key)
    except ValueError:  # not an aggregate's id, so none has it
        return
    for kind in _aggregates():
        if kind.__module__.startswith(f"{package}."):
            found = db.get(kind, id_, with_for_update=True)
            if found is not None and found.version < version:
                found.version = version


def _aggregates() -> list[type[Aggregate]]:
    kinds, more = [], [*Aggregate.__subclasses__()]
    while more:
        kind = more.pop()
        more += kind.__subclasses__()
        if hasattr(kind, "__mapper__"):
            kinds.append(kind)
    return kinds
