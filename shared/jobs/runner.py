"""The runner: takes a job, does it step by step, and leaves it so that another can go on."""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from shared.db import Database, Transaction
from shared.jobs import lease, saving
from shared.jobs.handler import Done, Interrupted, JobHandler, Outcome, Step
from shared.jobs.lease import CancelRequested, Held, LeaseLost
from shared.observe import logs
from shared.observe.metrics import JOB_STEP_SECONDS, JOB_STEPS
from shared.observe.traces import span

log = logs.logger(__name__)


class JobRunner:
    """Does the jobs of one service. One thread calls `step` and `close`; `drain` may come from any other.

    owner: the name of this runner, for people. lease_for: how long a job waits after its runner has vanished.
    turn: how long a job is held while others wait.
    """

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, JobHandler],
        *,
        service: str,
        owner: str,
        lease_for: timedelta = timedelta(seconds=60),
        turn: timedelta = timedelta(seconds=10),
    ) -> None:
        """Hold nothing yet."""
        self._database = database
        self._handlers = handlers
        self._kinds = sorted(handlers)
        self._service = service
        self._owner = owner
        self._lease = lease_for
        self._turn = turn
        self._held: Held | None = None
        self._draining = False

    def step(self) -> bool:
        """Do one step of one job; answers whether there was one to do.

        Raises Unavailable where the database does not answer; nothing is lost, call again.
        """
        if self._draining or not self._kinds:
            return False
        held = self._held or self._take()
        if held is None:
            return False
        self._held = held
        began = time.perf_counter()
        with (
            logs.bound(service=self._service, job_id=str(held.id), job_kind=held.kind),
            span("job.step", traceparent=held.traceparent),
        ):
            outcome = self._advance(held)
        JOB_STEPS.labels(self._service, held.kind, outcome).inc()
        JOB_STEP_SECONDS.labels(self._service, held.kind).observe(time.perf_counter() - began)
        return True

    def drain(self) -> None:
        """Begin nothing more; a step in hand ends, at its next `keep` or at its end."""
        self._draining = True

    def close(self) -> None:
        """Put the job in hand back, so that another runner goes on with it at once."""
        self._draining = True
        if held := self._held:
            self._leave(held, saving.put_back)

    def _take(self) -> Held | None:
        with self._database.reading() as db:  # idling must not ask for SQLite's one write lock every second
            if not lease.is_due(db, kinds=self._kinds, now=self._database.clock()):
                return None
        return self._database.run(self._claim, actor=f"service:{self._service}")

    def _claim(self, tx: Transaction) -> Held | None:
        while (row := lease.take(tx.db, kinds=self._kinds, now=tx.now)) is not None:
            held = lease.claim(tx.db, row, owner=self._owner, now=tx.now, lease=self._lease)
            if row.cancel_requested_at is not None:  # of a runner that vanished before it saw it
                lease.change(tx.db, held.id, **lease.finished("cancelled", now=tx.now, fence=held.fence))
            elif held.attempts >= saving.ATTEMPTS:
                end = lease.finished("failed", now=tx.now, fence=held.fence)
                lease.change(tx.db, held.id, **end, **lease.columns_of("error", saving.VANISHED))
                log.error(
                    "A job took its process with it too often.", job_id=str(held.id), job_kind=held.kind
                )
            else:
                return held
        return None

    def _advance(self, held: Held) -> str:
        """Do one step of the job in hand; answers what became of it."""
        step = Step(
            job_id=str(held.id),
            kind=held.kind,
            arguments=held.arguments,
            checkpoint=held.checkpoint,
            requested_by=held.requested_by,
            attempt=held.attempts + 1,
            reading=self._database.reading,
            keep=partial(self._keep, held),
        )
        try:
            return self._save(held, self._handlers[held.kind](step))
        except LeaseLost:
            self._held = None
            log.warning("Another runner has taken this job: the step was not saved.")
            return "lost"
        except CancelRequested:
            self._leave(held, saving.cancel)
            return "cancelled"
        except Interrupted:
            self._leave(held, saving.put_back)
            return "put_back"
        except Exception as error:  # noqa: BLE001  whatever a handler raises fails its job, not the runner
            return self._fail(held, error)

    def _keep(self, held: Held) -> None:
        if self._draining:
            raise Interrupted
        self._database.run(partial(saving.keep, held=held, length=self._lease), actor=held.requested_by)

    def _save(self, held: Held, outcome: Outcome) -> str:
        self._held = self._database.run(
            partial(
                saving.save,
                held=held,
                outcome=outcome,
                length=self._lease,
                turn=self._turn,
                kinds=self._kinds,
            ),
            actor=held.requested_by,
        )
        return "finished" if isinstance(outcome, Done) else "saved"

    def _fail(self, held: Held, error: Exception) -> str:
        # Where the database is what failed, this raises too: the job stays in hand and nothing is counted.
        became = self._database.run(partial(saving.fail, held=held, error=error), actor=held.requested_by)
        self._held = None
        if saving.is_final(error):
            log.info("A job ended with a refusal.", reason=str(error))
        else:
            level = log.error if became == "failed" else log.warning
            level("A step of a job failed.", became=became, attempt=held.attempts + 1, exc_info=error)
        return became

    def _leave(self, held: Held, how: Callable[[Transaction, Held], None]) -> None:
        self._database.run(lambda tx: how(tx, held), actor=held.requested_by)
        self._held = None
