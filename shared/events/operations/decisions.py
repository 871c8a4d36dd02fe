"""Who decided what about events, when and why: rows that are only ever added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Integer, Table, Text
from sqlalchemy.orm import Session

from shared.db import Transaction
from shared.db.base import SPINE, UtcDateTime

Verb = Literal["replayed", "discarded", "taken back", "resumed", "accepted", "republished"]

decisions = Table(
    "decisions",
    SPINE,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("service", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("parked_id", BigInteger, index=True),  # outlives the parked row that it names
    Column("event_id", Text),
    Column("topic", Text),
    Column("key", Text),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One decision of an operator."""

    verb: Verb
    at: datetime
    by: str
    reason: str | None


def keep(
    tx: Transaction, service: str, verb: Verb, about: Sequence[dict[str, Any]], *, reason: str | None
) -> None:
    """Write down that the transaction's actor did this.

    about: one dictionary for each thing decided, with those of parked_id, event_id, topic and key that it has.
    """
    if about:
        tx.db.execute(
            sa.insert(decisions),
            [
                {
                    "service": service,
                    "verb": verb,
                    "parked_id": each.get("parked_id"),
                    "event_id": each.get("event_id"),
                    "topic": each.get("topic"),
                    "key": each.get("key"),
                    "at": tx.now,
                    "by": tx.actor,
                    "reason": reason,
                }
                for each in about
            ],
        )


def about_letter(db: Session, parked_id: int) -> tuple[Decision, ...]:
    """What was decided about a parked record, oldest first."""
    rows = db.execute(
        sa.select(decisions.c.verb, decisions.c.at, decisions.c.by, decisions.c.reason)
        .where(decisions.c.parked_id == parked_id)
        .order_by(decisions.c.id)
    )
    return tuple(Decision(verb=row.verb, at=row.at, by=row.by, reason=row.reason) for row in rows)
