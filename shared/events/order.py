"""The order rule of `Broker.publish`: nothing of a key after a failure of that key."""

from shared.events.broker import Failed
from shared.events.record import MAX_RECORD_BYTES, Record


class KeyOrder:
    """Watches one call of `publish`, record by record in the order given."""

    def __init__(self) -> None:
        """Nothing has failed yet."""
        self._failed: set[tuple[str, bytes]] = set()

    def refusal(self, record: Record, *, exists: bool) -> Failed | None:
        """Why `record` must not be sent at all, if so. exists: whether the broker has its topic."""
        held_back = self.held_back(record)
        if held_back is not None:
            return held_back
        if not exists:
            return self.failed(
                record,
                f"The broker has no topic {record.topic}. Run `tongxing topics apply`.",
                own_fault=True,
            )
        if record.size > MAX_RECORD_BYTES:
            return self.failed(
                record,
                f"The record of {record.topic} has {record.size:,} bytes; a topic takes {MAX_RECORD_BYTES:,}.",
                own_fault=True,
            )
        return None

    def held_back(self, record: Record) -> Failed | None:
        """The answer for a record whose key has failed before, or None."""
        if self._failed and (record.topic, record.key) in self._failed:
            return Failed("An earlier record of the same key failed in this call.", own_fault=False)
        return None

    def failed(self, record: Record, reason: str, *, own_fault: bool) -> Failed:
        """Note that `record` failed: from here on its key is held back."""
        self._failed.add((record.topic, record.key))
        return Failed(reason, own_fault=own_fault)
