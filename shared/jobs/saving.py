"""What a runner writes when a step is over, each in one transaction in which the lease is proved first."""

import traceback
from dataclasses import replace
from datetime import timedelta

from shared.db import Transaction
from shared.errors import TongxingError, Unavailable
from shared.jobs import lease
from shared.jobs.handler import Done, Outcome
from shared.jobs.lease import CancelRequested, Held, LeaseLost
from shared.observe.masking import masked_text
from shared.text import Sentence

#: How often one step is tried before the job has failed.
ATTEMPTS = 5

VANISHED = Sentence(
    zh="任务所在的进程多次意外中止，任务已停止。请联系运维人员。",
    en="The process ended unexpectedly each time it did this job, so it was given up. Ask the operators.",
)
_INTERNAL = Sentence(
    zh="处理时出现内部错误，请联系运维人员。",
    en="Something went wrong inside while doing this. Ask the operators.",
)


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 2 s, 8 s, 32 s, 128 s."""
    return timedelta(seconds=2 * 4 ** (attempts - 1))


def keep(tx: Transaction, held: Held, *, length: timedelta) -> None:
    """Extend the lease. Raises LeaseLost and CancelRequested."""
    lease.prove(tx.db, held)
    lease.change(tx.db, held.id, due_at=tx.now + length)


def save(
    tx: Transaction, held: Held, outcome: Outcome, *, length: timedelta, turn: timedelta, kinds: list[str]
) -> Held | None:
    """Effect, checkpoint and progress; answers what the runner holds afterwards.

    Raises LeaseLost and CancelRequested, before the effect.
    """
    lease.prove(tx.db, held)
    if outcome.effect is not None:
        outcome.effect(tx)
    said: dict[str, object] = {"attempts": 0, "error_zh": None, "error_en": None, "error_trace": None}
    said |= lease.columns_of("sentence", outcome.sentence)
    if isinstance(outcome, Done):
        said["result"] = None if outcome.result is None else dict(outcome.result)
        lease.change(tx.db, held.id, **lease.finished("succeeded", now=tx.now, fence=held.fence), **said)
        return None
    said["checkpoint"] = dict(outcome.checkpoint)
    progress = {"done": outcome.done, "total": outcome.total}
    said |= {name: value for name, value in progress.items() if value is not None}
    if tx.now - held.since >= turn and lease.is_due(tx.db, kinds=kinds, now=tx.now, other_than=held.id):
        lease.change(tx.db, held.id, **lease.queued(due_at=tx.now, fence=held.fence), **said)
        return None
    lease.change(tx.db, held.id, fence=held.fence + 1, due_at=tx.now + length, **said)
    return replace(held, fence=held.fence + 1, checkpoint=outcome.checkpoint, attempts=0)


def cancel(tx: Transaction, held: Held) -> None:
    """End the job as somebody asked; what it did so far stays."""
    try:
        lease.prove(tx.db, held)
    except LeaseLost:
        return
    except CancelRequested:
        lease.change(tx.db, held.id, **lease.finished("cancelled", now=tx.now, fence=held.fence))


def put_back(tx: Transaction, held: Held) -> None:
    """Let another runner go on at once; the attempt does not count."""
    try:
        lease.prove(tx.db, held)
    except LeaseLost:
        return
    except CancelRequested:
        lease.change(tx.db, held.id, **lease.finished("cancelled", now=tx.now, fence=held.fence))
        return
    lease.change(tx.db, held.id, **lease.queued(due_at=tx.now, fence=held.fence))


def fail(tx: Transaction, held: Held, error: Exception) -> str:
    """Write down the failed step; answers what becomes of the job: retried, failed, cancelled or lost."""
    try:
        lease.prove(tx.db, held)
    except LeaseLost:
        return "lost"
    except CancelRequested:
        lease.change(tx.db, held.id, **lease.finished("cancelled", now=tx.now, fence=held.fence))
        return "cancelled"
    attempts = held.attempts + 1
    give_up = is_final(error) or attempts >= ATTEMPTS
    if give_up:
        then = lease.finished("failed", now=tx.now, fence=held.fence)
    else:
        then = lease.queued(due_at=tx.now + back_off(attempts), fence=held.fence)
    lease.change(
        tx.db,
        held.id,
        attempts=attempts,
        error_trace=masked_text("".join(traceback.format_exception(error))),
        **then,
        **lease.columns_of("error", error.sentence if isinstance(error, TongxingError) else _INTERNAL),
    )
    return "failed" if give_up else "retried"


def is_final(error: Exception) -> bool:
    """Whether the same step would fail the same way: a refusal stays one, what is away may come back."""
    return isinstance(error, TongxingError) and not isinstance(error, Unavailable)
