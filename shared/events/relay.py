"""The relay: from the outbox to the broker, at least once and each key in its order.

lease shards → read what is unsent, oldest first → publish → mark what was acknowledged. A key whose record was
refused is held back alone; a broker that is away holds back everything and loses nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from shared.db import Database
from shared.errors import Unavailable
from shared.events import leases, ledger
from shared.events.broker import Acked, Broker, BrokerUnavailable, Failed
from shared.events.contract import Topic
from shared.events.envelope import headers_from_text
from shared.events.outbox import outbox
from shared.events.parking import Backoff
from shared.events.record import Record, TopicPartition
from shared.events.restore import Restore
from shared.observe import metrics
from shared.text import Sentence

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How much at once and how long.

    lease: how long shards stay with a relay that died. settle: how often it looks for a broker that is away.
    """

    batch: int = 1_000
    lease: timedelta = timedelta(seconds=10)
    settle: timedelta = timedelta(seconds=1)


class _Row(NamedTuple):
    seq: int
    shard: int
    topic: str
    key: str
    value: bytes
    headers: str
    attempts: int


class Relay:
    """One relay of one service. One thread owns it; `step` does all the work."""

    def __init__(
        self,
        *,
        service: str,
        database: Database,
        broker: Broker,
        topics: Mapping[str, Topic],
        restore: Restore,
        owner: str,
        pace: Pace = Pace(),
        backoff: Backoff = Backoff(),  # noqa: B008  frozen
        reached: Callable[[str], None] = lambda _point: None,
    ) -> None:
        """Prepare; nothing is leased yet.

        topics: the service's own. owner: unique among all relays that ever run. reached: called at the points
        where a crash is hardest; the proof crashes there.
        """
        #: What keeps it from sending, for metrics and the operator; None while all is well.
        self.trouble: Sentence | None = None
        self._database, self._broker, self._topics, self._restore = database, broker, topics, restore
        self._service = service
        self._owner, self._pace, self._backoff, self._reached = owner, pace, backoff, reached
        self._shards: frozenset[int] = frozenset()
        self._leased_until: datetime | None = None
        self._identities: dict[str, str] | None = None
        self._settle_at: datetime | None = None
        self._acked: dict[TopicPartition, int] = {}

    def step(self) -> bool:
        """Send one batch; answers whether there may be more right now.

        Never raises for a broker or a database that is away: `trouble` says so and later steps try again.
        """
        try:
            self._lease()
            if not self._settled():
                return False
            rows = self._unsent()
            return bool(rows) and self._send(rows)
        except BrokerUnavailable as error:
            self.trouble = Sentence(
                zh=f"消息服务没有响应：{error}", en=f"The broker does not answer: {error}"
            )
            self._unsettle()
        except Unavailable as error:
            self.trouble = error.sentence
        return False

    def close(self) -> None:
        """Give the shards back, so that the other relays take over at once."""
        if self._leased_until is not None:
            with self._database.begin() as db:
                leases.give_back(db, self._owner)
            self._leased_until = None

    def _lease(self) -> None:
        now = self._database.clock()
        if self._leased_until is not None and now < self._leased_until - self._pace.lease * 2 / 3:
            return
        until = now + self._pace.lease
        with self._database.begin() as db:
            self._shards = leases.lease(db, self._owner, now=now, until=until)
        self._leased_until = until

    def _settled(self) -> bool:
        """Whether the broker was compared with the ledger since it last gave reason to."""
        now = self._database.clock()
        complete = self._identities is not None and len(self._identities) == len(self._topics)
        if not complete and (self._settle_at is None or now >= self._settle_at):
            self._settle_at = now + self._pace.settle
            self._identities = ledger.settle(self._database, self._broker, self._topics, self._restore)
            lacking = sorted(self._topics.keys() - self._identities.keys())
            self.trouble = _lacking(lacking) if lacking else None
        return bool(self._identities)

    def _unsettle(self) -> None:
        """Compare with the broker again before anything else is sent."""
        self._identities = None

    def _unsent(self) -> Sequence[_Row]:
        held = outbox.alias("held")
        columns = (outbox.c[name] for name in _Row._fields)
        with self._database.reading() as db:
            rows = db.execute(
                sa.select(*columns)
                .where(
                    outbox.c.sent_at.is_(None),
                    outbox.c.shard.in_(self._shards),
                    outbox.c.topic.in_(self._identities or ()),
                    ~sa.exists().where(
                        held.c.retry_at > self._database.clock(),
                        held.c.sent_at.is_(None),
                        held.c.topic == outbox.c.topic,
                        held.c.key == outbox.c.key,
                    ),
                )
                .order_by(outbox.c.seq)
                .limit(self._pace.batch)
            )
            return [_Row._make(row) for row in rows]

    def _send(self, rows: Sequence[_Row]) -> bool:
        self._reached("relay.read")
        answers = self._broker.publish(
            [
                Record(
                    topic=row.topic,
                    key=row.key.encode(),
                    value=row.value,
                    headers=headers_from_text(row.headers),
                )
                for row in rows
            ]
        )
        self._reached("relay.acked")
        with self._database.begin() as db:
            marked = self._mark(db, rows, answers)
        self._reached("relay.marked")
        metrics.RELAY_PUBLISHED.labels(self._service).inc(marked)
        failed = [
            (row, answer) for row, answer in zip(rows, answers, strict=True) if isinstance(answer, Failed)
        ]
        refused = {(row.topic, row.key) for row, answer in failed if answer.own_fault}
        metrics.RELAY_FAILED.labels(self._service).inc(len(failed))
        for row, answer in failed:
            if (row.topic, row.key) not in refused:
                raise BrokerUnavailable(answer.reason)
        return marked > 0

    def _mark(self, db: Session, rows: Sequence[_Row], answers: Sequence[Acked | Failed]) -> int:
        """Mark what was acknowledged and note why the rest was not; answers how many were marked."""
        now = self._database.clock()
        assert self._identities is not None  # noqa: S101  nothing is read before the broker was compared
        acked = [
            (row, answer) for row, answer in zip(rows, answers, strict=True) if isinstance(answer, Acked)
        ]
        anew = self._noticed_anew(acked) | ledger.note(db, dict(self._acked), self._identities)
        if anew:
            self._unsettle()
        sent = [row for row, _ in acked if row.topic not in anew]
        _update(db, [row.seq for row in sent], sent_at=now, retry_at=None)
        held = leases.still_held(db, self._owner, {row.shard for row in rows}, now=now)
        lost = [row for row in rows if row.shard not in held]
        if lost:
            self._leased_until = None
            self._mend_compacted(db, lost)
        refused: dict[tuple[str, str], tuple[_Row, Failed]] = {}
        for row, answer in zip(rows, answers, strict=True):
            if isinstance(answer, Failed) and answer.own_fault and row.shard in held:
                refused.setdefault((row.topic, row.key), (row, answer))
        for row, failed in refused.values():
            attempts = row.attempts + 1
            _update(
                db,
                [row.seq],
                attempts=attempts,
                retry_at=now + self._backoff.wait(attempts),
                last_error=failed.reason,
            )
            log.error("event refused by the broker", topic=row.topic, key=row.key, reason=failed.reason)
        return len(sent)

    def _noticed_anew(self, acked: Sequence[tuple[_Row, Acked]]) -> set[str]:
        """Topics whose offsets went backwards under this relay: the log is another one than before."""
        anew: set[str] = set()
        ends: dict[TopicPartition, int] = {}
        for _, answer in acked:
            if answer.offset < self._acked.get(answer.place, 0):
                anew.add(answer.place.topic)
            ends[answer.place] = answer.offset + 1
        self._acked.update(ends)
        for place in [place for place in self._acked if place.topic in anew]:
            del self._acked[place]
        return anew

    def _mend_compacted(self, db: Session, rows: Sequence[_Row]) -> None:
        """Send the newest state of these keys again.

        We sent them after our lease had ended, perhaps after the new owner had sent newer ones: compaction would
        keep what came last, and that must be the newest.
        """
        newer = outbox.alias("newer")
        for topic, key in {(row.topic, row.key) for row in rows if self._topics[row.topic].compacted}:
            newest = sa.select(sa.func.max(newer.c.seq)).where(newer.c.topic == topic, newer.c.key == key)
            db.execute(sa.update(outbox).where(outbox.c.seq == newest.scalar_subquery()).values(sent_at=None))


def _update(db: Session, seqs: Sequence[int], **values: object) -> None:
    if not seqs:
        return
    if db.get_bind().dialect.name == "postgresql":  # one array parameter instead of a thousand
        chosen = outbox.c.seq == sa.any_(sa.literal(seqs, postgresql.ARRAY(sa.BigInteger)))
    else:
        chosen = outbox.c.seq.in_(seqs)
    db.execute(sa.update(outbox).where(chosen).values(**values))


def _lacking(topics: Sequence[str]) -> Sentence:
    names = ", ".join(topics)
    return Sentence(
        zh=f"消息服务中缺少主题 {names}，请执行 tongxing topics apply。",
        en=f"The broker lacks the topics {names}: run tongxing topics apply.",
    )
