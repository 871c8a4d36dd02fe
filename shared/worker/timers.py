"""Timers: what a service does again and again, in one replica at a time.

A timer runs in one transaction in which its row is locked: what it changed and when it is due again are committed
together. Another replica passes by a locked row, and finds the timer not due afterwards. There is no lease: with
the process the transaction ends too. Long work belongs in a job that the timer asks for.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Column, Integer, Table, Text
from sqlalchemy.dialects import postgresql, sqlite

from shared.db import Database, Transaction
from shared.db.base import SPINE, UtcDateTime
from shared.observe import logs
from shared.observe.masking import masked_text
from shared.observe.metrics import TIMER_RUNS
from shared.observe.traces import span
from shared.service import Timer

timers = Table(
    "timers",
    SPINE,
    Column("name", Text, primary_key=True),
    Column("due_at", UtcDateTime, nullable=False),
    Column("ran_at", UtcDateTime),
    # Failed runs since the last good one, and what the last of them said: for operators.
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("last_error", Text),
)

log = logs.logger(__name__)


class Timers:
    """The timers of one service."""

    def __init__(self, database: Database, timers_: Sequence[Timer], *, service: str) -> None:
        """Nothing runs before `step`."""
        self._database = database
        self._timers = timers_
        self._service = service

    def step(self) -> bool:
        """Run what is due, each by itself; false, because nothing is due right afterwards.

        A timer that fails is logged and due again after a back-off; the others run all the same. Raises
        Unavailable where the database does not answer.
        """
        for timer in self._due():
            with logs.bound(timer=timer.name), span("timer"):
                self._run(timer)
        return False

    def _due(self) -> list[Timer]:
        if not self._timers:
            return []
        with self._database.reading() as db:
            rows = db.execute(sa.select(timers.c.name, timers.c.due_at))
            due_at = {row.name: row.due_at for row in rows}
        now = self._database.clock()
        return [
            timer
            for timer in self._timers
            if timer.name not in due_at or is_due(timer, due_at[timer.name], now)
        ]

    def _run(self, timer: Timer) -> None:
        self._database.run(lambda tx: _register(tx, timer), actor=self._actor)
        try:
            ran = self._database.run(lambda tx: _run_locked(tx, timer), actor=self._actor)
        except Exception as error:
            reason = str(error) or type(error).__name__
            log.exception("A timer failed.")
            TIMER_RUNS.labels(self._service, timer.name, "failed").inc()
            self._database.run(lambda tx: _note_failure(tx, timer, reason), actor=self._actor)
        else:
            if ran:
                TIMER_RUNS.labels(self._service, timer.name, "done").inc()

    @property
    def _actor(self) -> str:
        return f"service:{self._service}"


def is_due(timer: Timer, due_at: datetime, now: datetime) -> bool:
    """Whether the timer should run now.

    Also where it is due later than it could be: the clock was wrong when that was written, or a new release
    made the timer more frequent.
    """
    return due_at <= now or due_at > now + timer.every


def _register(tx: Transaction, timer: Timer) -> None:
    """Make sure that there is a row to lock; a new timer is due at once."""
    insert = postgresql.insert if tx.db.get_bind().dialect.name == "postgresql" else sqlite.insert
    tx.db.execute(insert(timers).values(name=timer.name, due_at=tx.now).on_conflict_do_nothing())


def _run_locked(tx: Transaction, timer: Timer) -> bool:
    due_at = tx.db.scalar(
        sa.select(timers.c.due_at).where(timers.c.name == timer.name).with_for_update(skip_locked=True)
    )
    if due_at is None or not is_due(timer, due_at, tx.now):
        return False  # another replica is at it, or has just been
    timer.run(tx)
    tx.db.execute(
        sa.update(timers)
        .where(timers.c.name == timer.name)
        .values(due_at=tx.now + timer.every, ran_at=tx.now, failures=0, last_error=None)
    )
    return True


def _note_failure(tx: Transaction, timer: Timer, reason: str) -> None:
    failures = (
        tx.db.scalar(sa.select(timers.c.failures).where(timers.c.name == timer.name).with_for_update()) or 0
    )
    pause = min(timer.every, timedelta(seconds=2 ** min(failures + 1, 8)))
    tx.db.execute(
        sa.update(timers)
        .where(timers.c.name == timer.name)
        .values(due_at=tx.now + pause, failures=failures + 1, last_error=masked_text(reason))
    )
