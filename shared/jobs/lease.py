"""The lease of a job: taking it, keeping it, and proving it in the transaction of each step.

Time decides only when another runner may *take* a job; whether a runner may *save* is decided by the fence
alone. So clocks that differ, or a process that slept through its lease, cost a step done in vain, never an
effect done twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from shared.jobs.handler import Interrupted
from shared.jobs.tables import OPEN, jobs
from shared.text import Sentence


class LeaseLost(Interrupted):
    """Another runner took the job meanwhile, or a commit whose answer never came did succeed."""


class CancelRequested(Interrupted):
    """Somebody asked for the job's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A job that this runner holds, as it stood after the last saved step. since: when it was taken."""

    id: UUID
    kind: str
    arguments: Mapping[str, Any]
    requested_by: str
    traceparent: str | None
    checkpoint: Mapping[str, Any] | None
    attempts: int
    fence: int
    since: datetime


def is_due(db: Session, *, kinds: list[str], now: datetime, other_than: UUID | None = None) -> bool:
    """Whether there is a job that a runner may take now."""
    due = _due(kinds, now).with_only_columns(sa.literal(1)).limit(1)
    if other_than is not None:
        due = due.where(jobs.c.id != other_than)
    return db.execute(due).first() is not None


def take(db: Session, *, kinds: list[str], now: datetime) -> Row[Any] | None:
    """The row of the job that has waited longest, locked until the commit; None where there is none.

    SKIP LOCKED: a row that is locked is being taken or saved by somebody else; the order of jobs is no promise.
    """
    oldest = _due(kinds, now).order_by(jobs.c.due_at, jobs.c.id).limit(1).with_for_update(skip_locked=True)
    return db.execute(oldest).one_or_none()


def claim(db: Session, row: Row[Any], *, owner: str, now: datetime, lease: timedelta) -> Held:
    """Make `owner` the holder of the row that `take` answered."""
    # A row that is still "running" belonged to somebody who vanished: perhaps killed by this very step.
    attempts = row.attempts + (1 if row.state == "running" else 0)
    change(
        db,
        row.id,
        state="running",
        owner=owner,
        fence=row.fence + 1,
        attempts=attempts,
        due_at=now + lease,
        started_at=row.started_at or now,
    )
    return Held(
        id=row.id,
        kind=row.kind,
        arguments=row.arguments,
        requested_by=row.requested_by,
        traceparent=row.traceparent,
        checkpoint=row.checkpoint,
        attempts=attempts,
        fence=row.fence + 1,
        since=now,
    )


def prove(db: Session, held: Held) -> None:
    """Lock the job's row until the commit if the lease is still ours.

    Raises LeaseLost, and CancelRequested.
    """
    row = db.execute(
        sa.select(jobs.c.fence, jobs.c.state, jobs.c.cancel_requested_at)
        .where(jobs.c.id == held.id)
        .with_for_update()
    ).one_or_none()
    if row is None or row.fence != held.fence or row.state != "running":
        raise LeaseLost
    if row.cancel_requested_at is not None:
        raise CancelRequested


def change(db: Session, id_: UUID, **values: object) -> None:
    """Change the row of a job that this transaction has locked."""
    db.execute(sa.update(jobs).where(jobs.c.id == id_).values(**values))


def finished(state: str, *, now: datetime, fence: int) -> dict[str, object]:
    """The values of a job with which nothing more will happen."""
    return {"state": state, "finished_at": now, "owner": None, "fence": fence + 1}


def queued(*, due_at: datetime, fence: int) -> dict[str, object]:
    """The values of a job that anybody may take from `due_at` on."""
    return {"state": "queued", "due_at": due_at, "owner": None, "fence": fence + 1}


def columns_of(name: str, sentence: Sentence | None) -> dict[str, object]:
    """The two columns of a sentence; none where there is nothing to say."""
    return {} if sentence is None else {f"{name}_zh": sentence.zh, f"{name}_en": sentence.en}


def _due(kinds: list[str], now: datetime) -> sa.Select[Any]:
    return sa.select(jobs).where(jobs.c.state.in_(OPEN), jobs.c.due_at <= now, jobs.c.kind.in_(kinds))
