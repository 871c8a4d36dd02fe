"""What the handler of a job sees and answers.

A handler is called once per step. It prepares (reads, computes, calls out) with no transaction open and answers
what shall be done; then effect, checkpoint and progress are committed in one transaction in which the lease is
checked. Whatever stops a process, the next one goes on from the last committed checkpoint: no effect comes
twice and none is left out. What a handler does outside its effect may come twice.

A step should prepare for a few seconds at most and its effect last well below one: between steps the lease is
extended, a cancel is honoured and a worker that has to go hands over. Long computing calls `step.keep()`.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from shared.db import Transaction
from shared.text import Sentence

#: Changes this service's data; runs as who asked for the job. Done again from its start on a deadlock.
Effect = Callable[[Transaction], object]


class Interrupted(Exception):
    """The step must not go on: cancelled, overtaken by another runner, or the process has to go.

    Handlers let it pass; nothing of the step was saved.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a job.

    arguments: as `enqueue` got them. checkpoint: what the last saved step left, None in the first one.
    attempt: 1, or more where this very step failed before. reading: opens a query-only session.
    keep: extends the lease; raises Interrupted where there is no point in going on.
    """

    job_id: str
    kind: str
    arguments: Mapping[str, Any]
    checkpoint: Mapping[str, Any] | None
    requested_by: str
    attempt: int
    reading: Callable[[], AbstractContextManager[Session]]
    keep: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """Do `effect`, remember `checkpoint`, and call again.

    done, total and sentence are the progress that people see; what is left out stays as it was.
    """

    checkpoint: Mapping[str, Any]
    effect: Effect | None = None
    done: int | None = None
    total: int | None = None
    sentence: Sentence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Do `effect`; with it the job has succeeded. `result` is for whoever asked for it."""

    effect: Effect | None = None
    result: Mapping[str, Any] | None = None
    sentence: Sentence | None = None


Outcome: TypeAlias = More | Done

#: Does one step. A TongxingError that it raises (but for Unavailable) ends the job as failed, with its sentence:
#: trying again would not help. Anything else is tried again, a bounded number of times.
JobHandler = Callable[[Step], Outcome]
