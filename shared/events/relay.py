"""The relay: from the outbox to the broker, at least once and each key in its order.

lease shards → read what is unsent, oldest first → publish → mark what was acknowledged. A key whose record was
refused is held back alone; a broker that is away holds back everything and loses nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from shared.db import Database
from shared.errors import Unavailable
from shared.events import leases, ledger
from shared.events.acquaintance import Acquaintance, Trust
from shared.events.backlog import Backlog, Row
from shared.events.broker import Acked, Broker, BrokerUnavailable, Failed
from shared.events.contract import Topic
from shared.events.envelope import unpack_headers
from shared.events.outbox import outbox
from shared.events.parking import Backoff
from shared.events.record import Record
from shared.events.restore import Restore
from shared.events.unsent import hold_back, mark_sent, send_again
from shared.observe import metrics
from shared.text import Sentence

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How much at once and how long.

    batch, batch_bytes: rows and bytes of values that are sent together. lease: how long shards stay with a relay that
    died.
    """

    batch: int = 2_000
    batch_bytes: int = 16 * 1024 * 1024
    lease: timedelta = timedelta(seconds=10)
    trust: Trust = Trust()  # noqa: RUF009  frozen


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
        self._database, self._broker, self._topics, self._service = database, broker, topics, service
        self._owner, self._pace, self._backoff, self._reached = owner, pace, backoff, reached
        self._shards: frozenset[int] = frozenset()
        self._leased_until: datetime | None = None
        self._backlog = Backlog(database, batch=pace.batch, batch_bytes=pace.batch_bytes)
        self._known = Acquaintance(database, broker, topics, restore, pace.trust)

    def step(self) -> bool:
        """Send one batch; answers whether there may be more right now.

        Never raises for a broker or a database that is away: `trouble` says so and later steps try again.
        """
        try:
            self._lease()
            if self._known.settle() or self._known.identities or not self._topics:
                self.trouble = _lacking(self._known.lacking) if self._known.lacking else None
            if not self._known.identities:
                return False
            rows = self._backlog.read(
                self._shards, topics=self._known.identities, lacking=bool(self._known.lacking)
            )
            if not self._known.still(sending=bool(rows)):
                return True
            return bool(rows) and self._send(rows)
        except BrokerUnavailable as error:
            self.trouble = Sentence(zh=f"消息服务不可用：{error}", en=str(error))
            self._known.forget()
        except Unavailable as error:
            self.trouble = error.sentence
        return False

    def close(self) -> None:
        """Give the shards back, so that the other relays take over at once."""
        if self._leased_until is not None:
            self._database.within(lambda db: leases.give_back(db, self._owner))
            self._leased_until = None

    def _lease(self) -> None:
        now = self._database.clock()
        if self._leased_until is not None and now < self._leased_until - self._pace.lease * 2 / 3:
            return
        until = now + self._pace.lease
        self._shards = self._database.within(lambda db: leases.lease(db, self._owner, now=now, until=until))
        self._leased_until = until

    def _send(self, rows: Sequence[Row]) -> bool:
        self._reached("relay.read")
        answers = self._broker.publish(
            [
                Record(
                    topic=row.topic,
                    key=row.key.encode(),
                    value=row.value,
                    headers=unpack_headers(row.headers),
                )
                for row in rows
            ]
        )
        self._reached("relay.acked")
        anew = self._known.went_back(answer for answer in answers if isinstance(answer, Acked))
        marked, anew = self._database.within(lambda db: self._mark(db, rows, answers, anew=anew))
        if anew:
            self._known.forget()
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

    def _mark(
        self, db: Session, rows: Sequence[Row], answers: Sequence[Acked | Failed], *, anew: set[str]
    ) -> tuple[int, set[str]]:
        """Mark what was acknowledged and note why the rest was not.

        anew: topics whose log is another one than before. Answers how many rows were marked, and `anew` with
        those that another relay found.
        """
        now = self._database.clock()
        if db.get_bind().dialect.name == "postgresql":
            # A mark that a power cut takes back is a record sent twice, which every inbox absorbs: no need to wait.
            db.execute(sa.text("SET LOCAL synchronous_commit = off"))
        acked = [
            (row, answer) for row, answer in zip(rows, answers, strict=True) if isinstance(answer, Acked)
        ]
        ends = {answer.place: answer.offset + 1 for _, answer in acked if answer.place.topic not in anew}
        anew = anew | ledger.note(db, ends, self._known.identities)
        sent = [row for row, _ in acked if row.topic not in anew]
        mark_sent(db, [row.seq for row in sent])
        held = leases.still_held(db, self._owner, {row.shard for row in rows}, now=now)
        lost = [row for row in rows if row.shard not in held]
        if lost:
            self._leased_until = None
            self._mend_compacted(db, lost)
        refused: dict[tuple[str, str], tuple[Row, Failed]] = {}
        for row, answer in zip(rows, answers, strict=True):
            if isinstance(answer, Failed) and answer.own_fault and row.shard in held:
                refused.setdefault((row.topic, row.key), (row, answer))
        for row, failed in refused.values():
            attempts = row.attempts + 1
            hold_back(
                db, row.seq, attempts=attempts, until=now + self._backoff.wait(attempts), reason=failed.reason
            )
            log.error("event refused by the broker", topic=row.topic, key=row.key, reason=failed.reason)
        return len(sent), anew

    def _mend_compacted(self, db: Session, rows: Sequence[Row]) -> None:
        """Send the newest state of these keys again.

        We sent them after our lease had ended, perhaps after the new owner had sent newer ones: compaction would
        keep what came last, and that must be the newest.
        """
        newer = outbox.alias("newer")
        for topic, key in {(row.topic, row.key) for row in rows if self._topics[row.topic].compacted}:
            newest = sa.select(sa.func.max(newer.c.seq)).where(newer.c.topic == topic, newer.c.key == key)
            send_again(db, outbox.c.seq == newest.scalar_subquery())


def _lacking(topics: Sequence[str]) -> Sentence:
    names = ", ".join(topics)
    return Sentence(
        zh=f"消息服务中缺少主题 {names}，请执行 tongxing topics apply。",
        en=f"The broker lacks the topics {names}: run tongxing topics apply.",
    )
