"""What a database error means: try again, unavailable, or a bug."""

import random
import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from shared.errors import Unavailable
from shared.text import Sentence

#: How often the edge does a transaction again before it gives up.
ATTEMPTS = 6

_SERIALIZATION, _DEADLOCK = "40001", "40P01"
_EXCLUDED = "23P01"
_SQLITE_BUSY = ("database is locked", "database table is locked")
_FULL = ("database or disk is full", "No space left on device")


def may_succeed_again(error: Exception) -> bool:
    """Whether the same transaction may succeed when it is done again from its start.

    True for a deadlock or serialization failure of PostgreSQL, a lock that SQLite did not get in time, an aggregate that
    somebody changed in between, and a row that an exclusion constraint keeps out (who looked before writing it finds at
    the second look what came in between): all of them rolled back whole.
    """
    if isinstance(error, StaleDataError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if getattr(error.orig, "sqlstate", None) in {_SERIALIZATION, _DEADLOCK, _EXCLUDED}:
        return True
    return any(words in str(error.orig) for words in _SQLITE_BUSY)


def as_unavailable(error: Exception) -> Unavailable | None:
    """The sentence for the reader if the database is at fault, or None where our code is."""
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        return None  # SQLite's word for wrong SQL, such as a table that is missing
    reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    if any(words in reason for words in _FULL):
        return Unavailable(
            Sentence(
                zh="磁盘已满，这次的更改没有保存。请腾出空间后再试。",
                en="The disk is full and this change was not saved. Free some space, then try again.",
            ),
            retry_after=60,
        )
    return Unavailable(
        Sentence(
            zh="数据库暂时没有响应，这次的更改没有保存。请稍后再试。",
            en=f"The database does not answer and this change was not saved. Try again in a moment. ({reason})",
        )
    )


def pause_before(attempt: int) -> float:
    """Seconds to wait before the given attempt (2, 3, …): growing, and jittered so that two do not meet again."""
    longest: float = min(0.5, 0.01 * 2**attempt)
    return random.uniform(0.5, 1.0) * longest  # noqa: S311  spreading load, not guarding a secret
