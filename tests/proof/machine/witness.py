"""A bystander who reads everything in the broker, once, and remembers what was ever there."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from shared.events.contract import Topic
from shared.events.embedded import EmbeddedBroker
from shared.events.envelope import Envelope, NoEvent, open_envelope
from shared.events.record import StoredRecord, TopicPartition


class Witness:
    """What the log of this broker has held since it was made, and what the ones before had held."""

    def __init__(self, broker: EmbeddedBroker, topics: Sequence[Topic]) -> None:
        self._broker = broker
        self._topics = [topic.name for topic in topics]
        self._compacted = {topic.name for topic in topics if topic.compacted}
        self._next: dict[TopicPartition, int] = {}
        self._ever: set[str] = set()
        #: First occurrences of events in this log, by topic and key.
        self.firsts: dict[tuple[str, str], list[tuple[int, UUID]]] = defaultdict(list)
        #: The event that each key's last record in a compacted topic carries.
        self.newest: dict[str, UUID] = {}

    def look(self) -> None:
        """Read what came since the last look."""
        for topic in self._broker.describe(self._topics).values():
            for partition, span in topic.spans.items():
                place = TopicPartition(topic.name, partition)
                start = self._next.get(place, 0)
                stretch = self._broker.read(topic.name, partition, start=start, limit=10_000)
                self._next[place] = span.end
                for record in stretch.records:
                    self._remember(record)

    def published(self, key: str, *, after: int) -> int:
        """The newest version of `key` in this log, or `after` if there is no newer."""
        return max(
            [
                after,
                *(version for (_, of), firsts in self.firsts.items() if of == key for version, _ in firsts),
            ]
        )

    @property
    def whole(self) -> bool:
        """Whether nothing was deleted from this log."""
        found = self._broker.describe(self._topics).values()
        return all(span.start == 0 for topic in found for span in topic.spans.values())

    def shows_all_that_it_ever_saw(self) -> bool:
        """Whether the log still has everything that any log before it had."""
        now: set[str] = set()
        for topic in self._broker.describe(self._topics).values():
            for partition in topic.spans:
                for record in self._broker.read(topic.name, partition, start=0, limit=10_000).records:
                    envelope = _opened(record)
                    if envelope:
                        now.add(envelope.id)
        for (topic_name, _), firsts in self.firsts.items():
            if topic_name in self._compacted and firsts:
                now |= {str(id_) for _, id_ in firsts} if str(max(firsts)[1]) in now else set()
        return self._ever <= now

    def broker_lost(self) -> None:
        """The log is another one from now on."""
        self._next.clear()
        self.firsts.clear()
        self.newest.clear()

    def _remember(self, record: StoredRecord) -> None:
        envelope = _opened(record)
        if envelope is None:
            return
        self._ever.add(envelope.id)
        if record.topic in self._compacted:
            self.newest[envelope.subject] = UUID(envelope.id)
        seen = self.firsts[record.topic, envelope.subject]
        if UUID(envelope.id) not in {id_ for _, id_ in seen}:
            seen.append((envelope.sequence, UUID(envelope.id)))


def _opened(record: StoredRecord) -> Envelope | None:
    if (record.key or b"").startswith(b"stranger"):
        return None
    try:
        return open_envelope(record)
    except NoEvent:
        return None
