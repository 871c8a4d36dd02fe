"""Aggregates that the broker knows in a newer state than this database, because the database was restored.

`restore` finds them and lists the missing events here. Until an operator accepts (or a reaction that is done
again emits the very same events), their aggregates refuse changes: a second, different history of the same
versions would reach consumers that have the first one already.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Integer, Table, Text, Uuid
from sqlalchemy.orm import Session

from shared.db.base import SPINE, UtcDateTime
from shared.errors import Refusal
from shared.text import Sentence

diverged = Table(
    "diverged",
    SPINE,
    Column("event_id", Uuid, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
)


def refuse_diverged(db: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Raise Refusal where one of these outbox rows would contradict what was published.

    A row whose event is itself among the missing ones is no contradiction: it is done again, and no
    longer missing.
    """
    listed = db.execute(
        sa.select(diverged.c.event_id, diverged.c.topic, diverged.c.key).where(
            diverged.c.key.in_({row["key"] for row in rows})
        )
    ).all()
    missing: dict[tuple[str, str], set[Any]] = {}
    for event_id, topic, key in listed:
        missing.setdefault((topic, key), set()).add(event_id)
    for row in rows:
        waiting = missing.get((row["topic"], row["key"]), set())
        if row["id"] in waiting:
            waiting.remove(row["id"])
            db.execute(sa.delete(diverged).where(diverged.c.event_id == row["id"]))
        elif waiting:
            raise Refusal(
                Sentence(
                    zh="数据库恢复到了较早的备份，而这一项此前已经有更新的内容发出。请运维人员先核对（tongxing events diverged）。",
                    en="This database was restored to an earlier copy and newer changes of this item were already "
                    "published. An operator has to look at it first: tongxing events diverged.",
                )
            )
