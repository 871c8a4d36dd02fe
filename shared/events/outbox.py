"""The outbox: events wait in the publisher's own database until the broker has them.

A row is written in the transaction of the change that it tells of. The aggregate is locked before, so the
order of `seq` within a key is the order of its versions and of the commits; across keys it means nothing
(a lower `seq` may commit later), which is why nobody reads it with a "greater than the last" cursor.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.db import audit
from shared.db.base import SPINE, UtcDateTime
from shared.db.bulk import MANY, insert_fresh
from shared.db.transaction import Transaction
from shared.errors import Invalid
from shared.events.contract import CONTRACTS, Event, Registry
from shared.events.diverged import refuse_diverged
from shared.events.envelope import pack_headers, seal
from shared.ids import Ids, derived, uuid7
from shared.text import Sentence

#: Keys are divided into so many shards; a relay leases whole shards, so that a key has one relay.
SHARDS = 16

#: The largest event that `emit` takes, in bytes: a record's limit less room for headers and framing.
MAX_EVENT_BYTES = 900 * 1024

_BIGINT = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up an INTEGER primary key only

outbox = Table(
    "outbox",
    SPINE,
    Column("seq", _BIGINT, primary_key=True, autoincrement=True),
    Column("id", Uuid, nullable=False, unique=True),
    Column("shard", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("headers", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    # One event of a type for each version of an aggregate: a second one is a lost update, or a bug.
    UniqueConstraint("topic", "key", "version", "type"),
    Index("ix_outbox_created_at", "created_at"),
    sqlite_autoincrement=True,
)

unsent = Table(
    "unsent",
    SPINE,
    Column("seq", _BIGINT, primary_key=True, autoincrement=False),
    Column("shard", Integer, nullable=False),
    Column("size", Integer, nullable=False),  # bytes of the value, so that a batch can be bounded unread
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("retry_at", UtcDateTime),
    Column("last_error", Text),
    Index(
        "ix_unsent_held",
        "retry_at",
        sqlite_where=sa.text("retry_at IS NOT NULL"),
        postgresql_where=sa.text("retry_at IS NOT NULL"),
    ),
)

_PENDING, _LEFT = "tongxing.outbox.pending", "tongxing.outbox.left"


@dataclass(frozen=True, slots=True)
class Outbox:
    """Puts the events of transactions into the outbox.

    ids: fresh ids, for events of commands. wake: called after a commit that left something to send, in
    the committing thread; it must return at once.
    """

    ids: Ids = uuid7
    wake: Callable[[], None] = lambda: None
    registry: Registry = CONTRACTS

    def emit(self, tx: Transaction, event: object) -> None:
        """Prepare the row of `event`. Raises Invalid for one over `MAX_EVENT_BYTES`, before anything commits."""
        if not isinstance(event, Event):
            raise TypeError(event)
        contract = self.registry.of(type(event))
        if tx.cause:
            id_ = derived(cause=tx.cause.event_id, consumer=tx.cause.consumer, ordinal=tx.emitted)
        else:
            id_ = self.ids()
        message = seal(event, contract, id_=str(id_), time=tx.now, actor=tx.actor, traceparent=tx.traceparent)
        if len(message.value) > MAX_EVENT_BYTES:
            raise Invalid(
                Sentence(
                    zh=f"内容太大（{len(message.value) // 1024} KB，上限 900 KB），请分几次提交。",
                    en=f"This is too large ({len(message.value) // 1024} KB of at most 900 KB): do it in several parts.",
                )
            )
        key = contract.key_of(event)
        audit.enter(
            tx,
            what=contract.type,
            subject_kind=contract.topic.name,
            subject=key,
            school_id=_id_in(event, "school_id"),
            person_id=_id_in(event, "person_id"),
        )
        tx.db.info.setdefault(_PENDING, []).append(
            {
                "id": id_,
                "shard": shard_of(key),
                "topic": contract.topic.name,
                "key": key,
                "version": event.version,
                "type": contract.type,
                "value": message.value,
                "headers": pack_headers(message.headers.items()),
                "created_at": tx.now,
            }
        )

    def flush(self, db: Session) -> None:
        """Write the prepared rows. An id that is there already says the same again and is left as it is."""
        pending = db.info.pop(_PENDING, [])
        if not pending:
            return
        refuse_diverged(db, pending)
        postgres = db.get_bind().dialect.name == "postgresql"
        left = outbox.c.seq, outbox.c.shard, sa.func.length(outbox.c.value).label("size")
        if postgres and len(pending) >= MANY:
            fresh = insert_fresh(outbox, pending, key="id").returning(*left).cte("fresh")
            db.execute(sa.insert(unsent).from_select(["seq", "shard", "size"], sa.select(fresh)))
        else:
            insert = postgresql.insert if postgres else sqlite.insert
            one_by_one = insert(outbox).on_conflict_do_nothing(index_elements=["id"])
            found = db.execute(one_by_one.returning(*left), pending).all()
            if found:
                db.execute(sa.insert(unsent), [row._asdict() for row in found])
        db.info[_LEFT] = True

    def committed(self, db: Session) -> None:
        """Wake the relay if the committed transaction left something to send."""
        if db.info.pop(_LEFT, False):
            self.wake()


def _id_in(event: Event, name: str) -> UUID | None:
    found = getattr(event, name, None)
    return found if isinstance(found, UUID) else None


def shard_of(key: str) -> int:
    """The shard of a key: the same in every process and version."""
    return zlib.crc32(key.encode()) % SHARDS
