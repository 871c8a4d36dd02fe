"""A publisher's database was restored: what the broker knows and it does not.

Its own records are put back into the outbox, as sent, so that `republish` and the ids of events done again
are right. Where the topic carries whole states, the newest state is adopted. Otherwise the aggregate is
listed as diverged and refuses changes until it was looked at (`diverged`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shared.db.transaction import Emitter, Transaction
from shared.events.contract import Event, Registry
from shared.events.diverged import diverged
from shared.events.envelope import Envelope, NoEvent, open_envelope, pack_headers
from shared.events.outbox import outbox, shard_of
from shared.events.record import StoredRecord
from shared.events.unsent import WAITS, mark_sent
from shared.service import Reaction

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Own:
    record: StoredRecord
    envelope: Envelope
    event: Event


@dataclass(frozen=True, slots=True)
class Restore:
    """What a service does about its own records that its database does not know.

    adopt: for events that are whole states, how to take one in; see `Service.adopt`.
    """

    adopt: Mapping[type[Event], Reaction]
    registry: Registry
    emitter: Emitter

    def take(self, db: Session, records: Sequence[StoredRecord], *, now: datetime) -> None:
        """Compare own records that lie beyond the noted end with the outbox, and put right what differs."""
        ours = {UUID(one.envelope.id): one for one in self._opened(records)}
        known = set(db.scalars(sa.select(outbox.c.id).where(outbox.c.id.in_(ours.keys()))))
        if known:  # a relay died between the acknowledgement and its note
            mark_sent(db, db.scalars(sa.select(outbox.c.seq).where(outbox.c.id.in_(known))).all())
        for id_, one in ours.items():
            if id_ not in known:
                self._put_back(db, id_, one.record, one.envelope)
                self._adopt_or_list(db, id_, one, now=now)

    def _opened(self, records: Sequence[StoredRecord]) -> Iterator[_Own]:
        """The events among the records; what a stranger wrote there is none of our history."""
        for record in records:
            try:
                envelope = open_envelope(record)
                UUID(envelope.id)
                contract = self.registry.named(envelope.type)
                if contract is not None and contract.topic.name == record.topic:
                    yield _Own(record, envelope, contract.decode(record.value or b""))
            except (NoEvent, ValueError):  # msgspec's errors are ValueErrors
                log.warning(
                    "not our record", topic=record.topic, partition=record.partition, offset=record.offset
                )

    def _put_back(self, db: Session, id_: UUID, record: StoredRecord, envelope: Envelope) -> None:
        """Into the outbox, as sent: nothing is left to send of it."""
        insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
        db.execute(
            insert(outbox)
            .values(
                id=id_,
                shard=shard_of(envelope.subject),
                topic=record.topic,
                key=envelope.subject,
                version=envelope.sequence,
                type=envelope.type,
                value=record.value or b"",
                headers=pack_headers(record.headers),
                created_at=envelope.time,
            )
            .on_conflict_do_nothing()
        )

    def _supersede(self, db: Session, topic: str, envelope: Envelope) -> None:
        """Leave no older state of the key to send: it would come last in the log, and compaction keeps what does."""
        older = sa.select(outbox.c.seq).where(
            outbox.c.topic == topic,
            outbox.c.key == envelope.subject,
            outbox.c.version <= envelope.sequence,
            WAITS,
        )
        mark_sent(db, db.scalars(older).all())

    def _adopt_or_list(self, db: Session, id_: UUID, one: _Own, *, now: datetime) -> None:
        record, envelope = one.record, one.envelope
        adopt = self.adopt.get(type(one.event))
        if adopt:
            if self.registry.of(type(one.event)).topic.compacted:
                self._supersede(db, record.topic, envelope)
            tx = Transaction(db=db, now=now, actor=envelope.actor, emitter=self.emitter)
            adopt(tx, one.event)
            log.warning(
                "published state adopted", topic=record.topic, key=envelope.subject, version=envelope.sequence
            )
            return
        insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
        db.execute(
            insert(diverged)
            .values(
                event_id=id_,
                topic=record.topic,
                key=envelope.subject,
                version=envelope.sequence,
                type=envelope.type,
                found_at=now,
            )
            .on_conflict_do_nothing()
        )
        log.error(
            "diverged after a restore", topic=record.topic, key=envelope.subject, version=envelope.sequence
        )
