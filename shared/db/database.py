"""The edge of a service's database: opens, commits, retries and reads."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shared.clock import Clock, utcnow
from shared.db import audit
from shared.db.engine import is_sqlite, read_engine, write_engine
from shared.db.failures import ATTEMPTS, as_unavailable, may_succeed_again, pause_before
from shared.db.transaction import Emitter, Transaction
from shared.observe.traces import current_traceparent

R = TypeVar("R")


class Database:
    """One service's own database. Thread-safe; make it in the process that uses it (after a fork)."""

    def __init__(
        self,
        url: str,
        *,
        emitter: Emitter,
        clock: Clock = utcnow,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare to connect to `url`; nothing is opened yet."""
        self.url = url
        self.clock = clock
        self.emitter = emitter
        self.engine = write_engine(url)
        self._readers = read_engine(url)
        self._sleep = sleep

    def run(self, work: Callable[[Transaction], R], *, actor: str, origin: str | None = None) -> R:
        """Do `work` in one transaction and answer its result; its events carry the trace of this thread.

        Deadlocks, serialization failures and lost locks do the whole work again, a bounded number of
        times; what it returned before is forgotten, so it must have no effect outside the transaction.
        Raises Unavailable where the database does not answer or its disk is full: nothing was changed.
        """
        return self.within(
            lambda db: work(
                Transaction(
                    db=db,
                    now=self.clock(),
                    actor=actor,
                    emitter=self.emitter,
                    traceparent=current_traceparent(),
                    origin=origin,
                )
            )
        )

    def within(self, work: Callable[[Session], R]) -> R:
        """Do `work` in one transaction, as `run` does, for the spine itself, which has no actor."""

        def once() -> R:
            with self.begin() as db:
                return work(db)

        return self.retrying(once)

    def retrying(self, once: Callable[[], R]) -> R:
        """Call `once`, and again where its transaction may succeed when done again."""
        for attempt in range(1, ATTEMPTS + 1):
            if attempt > 1:
                self._sleep(pause_before(attempt))
            try:
                return once()
            except SQLAlchemyError as error:
                if attempt < ATTEMPTS and may_succeed_again(error):
                    continue
                if unavailable := as_unavailable(error):
                    raise unavailable from error
                raise
        raise AssertionError  # the last attempt returns or raises

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed at the end of the block with the events emitted in it, or rolled back."""
        with Session(self.engine, expire_on_commit=False) as db:
            with db.begin():
                audit.watch(db)
                yield db
                db.flush()  # the aggregates' version checks speak before their events are written
                self.emitter.flush(db)
                audit.write(db)
            self.emitter.committed(db)

    @contextmanager
    def reading(self, *, in_parts: bool = False) -> Iterator[Session]:
        """A session that cannot write. Raises Unavailable where the database does not answer.

        On SQLite it sees one state; on PostgreSQL each statement sees the state of its moment. in_parts: results are
        fetched piece by piece (`yield_per`), which takes a transaction.
        """
        try:
            with Session(self._readers, expire_on_commit=False) as db:
                if in_parts and not is_sqlite(self.url):
                    db.connection(execution_options={"isolation_level": "READ COMMITTED"})
                yield db
        except SQLAlchemyError as error:
            if unavailable := as_unavailable(error):
                raise unavailable from error
            raise

    def ping(self) -> None:
        """Return if the database answers; raises Unavailable otherwise."""
        with self.reading() as db:
            db.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()
        self._readers.dispose()
