"""Asking for a job, asking how it goes, and asking for its end: what commands and pages use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, NewType, get_args
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.db import Transaction
from shared.errors import NotFound, Refusal
from shared.ids import uuid7
from shared.jobs.tables import jobs
from shared.observe import metrics
from shared.observe.scraped import Reading
from shared.observe.traces import current_traceparent
from shared.service import Timer
from shared.text import Sentence

JobId = NewType("JobId", UUID)
JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as people see it.

    done of total: progress, where the handler tells it. error: why it failed, or why its last step will be
    tried again at `due_at`; error_trace: the same for operators.
    """

    id: JobId
    kind: str
    arguments: Mapping[str, Any]
    requested_by: str
    state: JobState
    due_at: datetime
    cancel_requested: bool
    done: int
    total: int | None
    sentence: Sentence | None
    result: Mapping[str, Any] | None
    error: Sentence | None
    error_trace: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.finished_at is not None


def enqueue(
    tx: Transaction,
    *,
    kind: str,
    arguments: Mapping[str, Any],
    not_before: datetime | None = None,
    id_: UUID | None = None,
) -> JobId:
    """Ask for a job of `kind`; it exists if and only if the transaction commits.

    arguments: JSON, small (a reference to an upload rather than its rows). The job's effects are done by the
    transaction's actor. id_: for callers that choose it, such as a reaction that may be done again.
    """
    job_id = JobId(id_ or uuid7())
    tx.db.execute(
        sa.insert(jobs).values(
            id=job_id,
            kind=kind,
            arguments=dict(arguments),
            requested_by=tx.actor,
            traceparent=tx.traceparent or current_traceparent(),
            state="queued",
            due_at=not_before or tx.now,
            created_at=tx.now,
        )
    )
    return job_id


def request_cancel(tx: Transaction, id_: UUID) -> None:
    """End the job: at once where nobody is at it, otherwise before its next step. What it did so far stays.

    Raises NotFound, and Refusal where it has finished already.
    """
    row = tx.db.execute(sa.select(jobs.c.state).where(jobs.c.id == id_).with_for_update()).one_or_none()
    if row is None:
        raise _no_such_job()
    if row.state == "queued":
        change = {"state": "cancelled", "cancel_requested_at": tx.now, "finished_at": tx.now}
    elif row.state == "running":
        change = {"cancel_requested_at": tx.now}
    else:
        raise Refusal(
            Sentence(
                zh="任务已经结束，无法取消。", en="The job has ended already: there is nothing to cancel."
            )
        )
    tx.db.execute(sa.update(jobs).where(jobs.c.id == id_).values(**change))


def job(db: Session, id_: UUID) -> Job:
    """The job as it is now. Raises NotFound."""
    row = db.execute(sa.select(jobs).where(jobs.c.id == id_)).one_or_none()
    if row is None:
        raise _no_such_job()
    return Job(
        id=JobId(row.id),
        kind=row.kind,
        arguments=row.arguments,
        requested_by=row.requested_by,
        state=row.state,
        due_at=row.due_at,
        cancel_requested=row.cancel_requested_at is not None,
        done=row.done,
        total=row.total,
        sentence=_sentence(row.sentence_zh, row.sentence_en),
        result=row.result,
        error=_sentence(row.error_zh, row.error_en),
        error_trace=row.error_trace,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def gauges(db: Session) -> list[Reading]:
    """How many jobs there are in each state, for the metrics."""
    counted = sa.select(jobs.c.state, sa.func.count().label("number")).group_by(jobs.c.state)
    found = {row.state: row.number for row in db.execute(counted)}
    return [Reading(metrics.JOBS, found.get(state, 0), (state,)) for state in get_args(JobState)]


def purge(tx: Transaction, *, keep: timedelta) -> int:
    """Delete what finished longer than `keep` ago; answers how many. Arguments and results name people."""
    deleted = tx.db.execute(sa.delete(jobs).where(jobs.c.finished_at < tx.now - keep).returning(jobs.c.id))
    return len(deleted.all())


def purging(*, keep: timedelta) -> Timer:
    """The timer that purges."""
    return Timer(name="jobs.purge", every=timedelta(hours=1), run=partial(purge, keep=keep))


def _sentence(zh: str | None, en: str | None) -> Sentence | None:
    return Sentence(zh=zh, en=en) if zh is not None and en is not None else None


def _no_such_job() -> NotFound:
    return NotFound(
        Sentence(
            zh="没有这个任务，可能已过保存期。",
            en="There is no such job; finished ones are kept for a while only.",
        )
    )
