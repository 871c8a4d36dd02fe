"""The log's file: opened, watched and locked; what goes wrong with it becomes a sentence."""

import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shared.events.broker import BrokerUnavailable
from shared.events.embedded.schema import APPLICATION_ID, SCHEMA

#: How long a writer waits for the others, in seconds, before it says that the file is locked.
LOCK_PATIENCE = 10.0


class LogFile:
    """Where the log is, and whether this process has seen it before.

    The first opening makes the file. A file that vanishes afterwards is not made again behind the
    operator's back: with its directory moved away for a moment, an empty log would take its place.
    """

    def __init__(self, path: Path) -> None:
        """Remember the place; nothing is opened yet."""
        self.path = path
        self._seen = False

    def inode(self) -> tuple[int, int] | None:
        """What tells this file from another one put in its place, or None where there is none."""
        try:
            found = os.stat(self.path)  # noqa: PTH116  several times faster, and every transaction asks
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def connect(self, *, durable: bool) -> sqlite3.Connection:
        """Open the file. Raises sqlite3.Error and BrokerUnavailable.

        durable: whether a commit is on the disk when it returns (`synchronous=FULL`). Without, a loss of
        power may take the last commits along, but never what was written durably before or after.
        """
        if self._seen and self.inode() is None:
            raise BrokerUnavailable(
                f"The embedded broker's file {self.path} is gone. Put it back or restart."
            )
        if not self.path.parent.is_dir():
            raise BrokerUnavailable(
                f"The directory {self.path.parent} of the embedded broker is missing. Create it."
            )
        db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=1.0)
        try:
            self._prepare(db, durable=durable)
        except BaseException:
            db.close()
            raise
        self._seen = True
        return db

    def _prepare(self, db: sqlite3.Connection, *, durable: bool) -> None:
        (mark,) = db.execute("PRAGMA application_id").fetchone()
        if mark != APPLICATION_ID:
            if mark or db.execute("SELECT 1 FROM sqlite_master").fetchone():
                raise BrokerUnavailable(
                    f"{self.path} is a database, but not an embedded broker. Move it away or name another path."
                )
            _patiently(lambda: db.execute("PRAGMA journal_mode=WAL"))
            # Several processes may make the file at once: the script does no harm when it runs again.
            made = f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA application_id={APPLICATION_ID}; COMMIT;"
            _patiently(lambda: db.executescript(made))
        db.execute("PRAGMA foreign_keys=ON")
        db.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")

    def explained(self, error: sqlite3.Error) -> BrokerUnavailable:
        """What an error of SQLite means for the operator, and what to do."""
        text = str(error)
        if "locked" in text:
            advice = f"another process has held its lock for {LOCK_PATIENCE:.0f} s. Look for one that hangs"
        elif "full" in text:
            advice = "its disk is full. Make room"
        elif "readonly" in text or "unable to open" in text:
            advice = "it cannot be written. Give this user the rights to the file and its directory"
        elif "not a database" in text or "malformed" in text:
            advice = (
                "it is damaged or no SQLite file. Move it away; `tongxing events republish` fills a new one"
            )
        else:
            advice = "SQLite refuses it"
        return BrokerUnavailable(f"The embedded broker {self.path} does not work: {advice} ({text}).")


class Session:
    """One connection to the log's file, used by one thread at a time.

    It opens the file when first needed and again when another file was put in its place. Every
    sqlite3.Error leaves it as BrokerUnavailable.
    """

    def __init__(self, file: LogFile, *, durable: bool) -> None:
        """Open nothing yet; see `LogFile.connect` for `durable`."""
        self._file = file
        self._durable = durable
        self._db: sqlite3.Connection | None = None
        self._inode: tuple[int, int] | None = None
        self._version = -1

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A transaction that sees one moment of the log."""
        with self._transaction("BEGIN") as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that alone may write; committed at its end, undone on any exception."""
        with self._transaction("BEGIN IMMEDIATE") as db:
            yield db

    def changed(self) -> bool:
        """Whether anybody else has committed since the last call. Costs microseconds.

        Another file in the place of this one is noticed by the next transaction, not here.
        """
        if self._db is None:
            return True
        try:
            version: int = self._db.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error as error:
            raise self._file.explained(error) from error
        changed = version != self._version
        self._version = version
        return changed

    def close(self) -> None:
        """Give the connection back."""
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()
        self._db = None

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        try:
            db = self._connected()
            _patiently(lambda: db.execute(begin))
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                # A failed COMMIT (disk full) leaves the transaction open; some errors end it by themselves.
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise self._file.explained(error) from error

    def _connected(self) -> sqlite3.Connection:
        inode = self._file.inode()
        if self._db is not None and inode == self._inode and inode is not None:
            return self._db
        self.close()
        self._db = self._file.connect(durable=self._durable)
        self._inode = self._file.inode()
        return self._db


def _patiently(step: Callable[[], object]) -> None:
    """Do what needs the lock, again and again with jitter, for as long as LOCK_PATIENCE.

    SQLite's own waiting is not fair and gives up at once where it fears a deadlock; jitter spreads writers.
    """
    deadline = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            step()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() >= deadline:
                raise
            time.sleep(random.uniform(0.001, 0.01))  # noqa: S311  spreads writers, guards nothing
        else:
            return
