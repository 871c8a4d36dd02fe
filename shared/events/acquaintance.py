"""Is the broker still the one that we know? A relay asks before it sends, but not each time.

A broker that was lost and made anew while there was nothing to send refuses nothing: without asking, a key's
newest event would come into the new log before its older ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared.db import Database
from shared.events import ledger
from shared.events.broker import Acked, Broker
from shared.events.contract import Topic
from shared.events.record import TopicPartition
from shared.events.restore import Restore


@dataclass(frozen=True, slots=True)
class Trust:
    """How long the broker is taken for the one that we know.

    settle: how often we look for a broker that is away. sending: how long an ack is proof enough while there is
    something to send. idle: the same while there is nothing.
    """

    settle: timedelta = timedelta(seconds=1)
    sending: timedelta = timedelta(seconds=1)
    idle: timedelta = timedelta(seconds=30)


class Acquaintance:
    """What one relay knows of the broker. Its methods raise BrokerUnavailable and Unavailable."""

    def __init__(
        self, database: Database, broker: Broker, topics: Mapping[str, Topic], restore: Restore, trust: Trust
    ) -> None:
        """Nothing is known yet."""
        self._database, self._broker, self._topics, self._restore = database, broker, topics, restore
        self._trust = trust
        #: The identity of each topic that is there; empty until the broker was compared with the ledger.
        self.identities: dict[str, str] = {}
        self._settle_at = self._seen_at = datetime.min.replace(tzinfo=UTC)
        self._ends: dict[TopicPartition, int] = {}

    @property
    def lacking(self) -> list[str]:
        """The topics that the broker lacks, as far as we know."""
        return sorted(self._topics.keys() - self.identities.keys())

    def settle(self) -> bool:
        """Compare the broker with the ledger, unless that was done or was tried a moment ago; whether we did."""
        now = self._database.clock()
        if not self.lacking or now < self._settle_at:
            return False
        self._settle_at = now + self._trust.settle
        self.identities = ledger.settle(self._database, self._broker, self._topics, self._restore)
        self._ends = ledger.ends(self._database, self.identities)
        self._seen_at = now
        return True

    def still(self, *, sending: bool) -> bool:
        """Whether it is still the broker that was compared; if not, it has to be compared again at once."""
        now = self._database.clock()
        if now < self._seen_at + (self._trust.sending if sending else self._trust.idle):
            return True
        found = self._broker.describe(self.identities)
        same = {name: topic.identity for name, topic in found.items()} == self.identities and all(
            end <= found[place.topic].spans[place.partition].end for place, end in self._ends.items()
        )
        if same:
            self._seen_at = now
        else:
            self.forget()
            self._settle_at = now
        return same

    def went_back(self, answers: Iterable[Acked]) -> set[str]:
        """Take the acks in; answers the topics whose offsets went backwards: the log is another one than before."""
        anew: set[str] = set()
        ends: dict[TopicPartition, int] = {}
        for answer in answers:
            if answer.offset < self._ends.get(answer.place, 0):
                anew.add(answer.place.topic)
            ends[answer.place] = answer.offset + 1
        self._ends.update(ends)
        self._seen_at = self._database.clock()
        return anew

    def forget(self) -> None:
        """Compare again before anything else is sent."""
        self.identities = {}
