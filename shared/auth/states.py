"""Each service's own copy of what has become of accounts: who is disabled, signed out, or holds other grants by now.

A token says what was true when it was signed; this says what is true within seconds. Kept from directory's compacted
topic, so that a token can be refused while directory is away.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import JSON, Boolean, Column, Integer, Table, Uuid
from sqlalchemy.orm import Session

from shared.auth.grants import Grant
from shared.contracts.directory import AccountChanged
from shared.db import Database, Transaction
from shared.db.base import SPINE, UtcDateTime

account_states = Table(
    "account_states",
    SPINE,
    Column("account_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("signed_out_before", UtcDateTime),
    Column("ended_sessions", JSON, nullable=False),
    Column("grants", JSON, nullable=False),
    Column("person_id", Uuid),
    Column("school_id", Uuid),
)

#: Seconds that a process trusts what it read of an account, and how many accounts it remembers.
_FRESH, _MANY = 2.0, 10_000


@dataclass(frozen=True, slots=True)
class AccountState:
    """What holds for an account now, whatever its tokens say."""

    enabled: bool
    signed_out_before: datetime | None
    ended_sessions: frozenset[UUID]
    grants: tuple[Grant, ...]

    def refuses(self, *, session: UUID | None, issued_at: datetime) -> bool:
        """Whether a token of this session, signed at that moment, is to be trusted no more."""
        return (
            not self.enabled
            or session in self.ended_sessions
            or (self.signed_out_before is not None and issued_at < self.signed_out_before)
        )


def keep_account(tx: Transaction, event: AccountChanged) -> None:
    """Keep an account's newest state; older ones, which may come again, are ignored.

    The same one again is written again: it may tell what the release before did not keep.
    """
    table = account_states
    known = tx.db.scalar(sa.select(table.c.version).where(table.c.account_id == event.account_id))
    values = {
        "version": event.version,
        "enabled": event.enabled,
        "signed_out_before": event.signed_out_before,
        "ended_sessions": [str(session) for session in event.ended_sessions],
        "grants": list(event.grants),
        "person_id": event.person_id,
        "school_id": event.school_id,
    }
    if known is None:
        tx.db.execute(sa.insert(table).values(account_id=event.account_id, **values))
    elif known <= event.version:
        tx.db.execute(sa.update(table).where(table.c.account_id == event.account_id).values(**values))


def state_of(db: Session, account_id: UUID) -> AccountState | None:
    """What this service knows of the account; None where it has not heard of it yet."""
    row = db.execute(sa.select(account_states).where(account_states.c.account_id == account_id)).first()
    if row is None:
        return None
    return AccountState(
        enabled=row.enabled,
        signed_out_before=row.signed_out_before,
        ended_sessions=frozenset(UUID(session) for session in row.ended_sessions),
        grants=tuple(Grant.parse(text) for text in row.grants),
    )


def person_of(db: Session, account_id: UUID) -> UUID | None:
    """Whom of the register an account belongs to; None where that is nobody, or was not heard of yet."""
    return db.scalar(sa.select(account_states.c.person_id).where(account_states.c.account_id == account_id))


class AccountStates:
    """The states as a process last read them, each at most two seconds old. Thread-safe."""

    def __init__(self, database: Database, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Read nothing yet."""
        self._database, self._monotonic = database, monotonic
        self._lock = Lock()
        self._read: dict[UUID, tuple[float, AccountState | None]] = {}

    def __call__(self, account_id: UUID) -> AccountState | None:
        """The account's state, or None where this service has not heard of it yet."""
        with self._lock:
            found = self._read.get(account_id)
        if found is not None and self._monotonic() - found[0] <= _FRESH:
            return found[1]
        with self._database.reading() as db:
            state = state_of(db, account_id)
        with self._lock:
            if len(self._read) >= _MANY:  # a forged account never comes so far: its token has no signature
                self._read.clear()
            self._read[account_id] = (self._monotonic(), state)
        return state
