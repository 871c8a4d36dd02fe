"""What the contract suite needs of each broker besides the protocol: opening, taking away, deleting."""

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kafka import KafkaAdminClient

from shared.events.broker import Broker
from shared.events.contract import Topic
from shared.events.embedded import EmbeddedBroker
from shared.events.opening import open_broker
from tests.contracts.broker.proxy import Proxy


class Ground(Protocol):
    """One broker that the suite runs on. It can be sent to another process."""

    def open(self) -> Broker:
        """A connection of its own."""
        ...

    def delete_topic(self, name: str) -> None:
        """Delete a topic with the broker's own tools."""
        ...

    def take_away(self) -> None:
        """From now on the broker does not answer."""
        ...

    def bring_back(self) -> None:
        """It answers again, with all it had."""
        ...


@dataclass
class EmbeddedGround:
    """A file in a directory of its own, with short leases."""

    directory: Path

    @property
    def path(self) -> Path:
        """The log's file."""
        return self.directory / "broker.db"

    def open(self) -> Broker:
        """See `Ground`."""
        return EmbeddedBroker(self.path, lease=1.5)

    def delete_topic(self, name: str) -> None:
        """See `Ground`."""
        with EmbeddedBroker(self.path) as broker:
            broker.delete_topic(name)

    def take_away(self) -> None:
        """See `Ground`: as if the disk were unmounted."""
        self.directory.rename(self._elsewhere)

    def bring_back(self) -> None:
        """See `Ground`."""
        self._elsewhere.rename(self.directory)

    @property
    def _elsewhere(self) -> Path:
        return self.directory.with_name("elsewhere")


@dataclass
class KafkaGround:
    """A cluster that other tests use too, reached through a proxy where it shall vanish."""

    server: str
    proxy: Proxy | None = None
    options: dict[str, str] = field(
        default_factory=lambda: {
            "session_timeout_ms": "6000",
            "heartbeat_interval_ms": "500",
            "publish_timeout": "5",
        }
    )

    def open(self) -> Broker:
        """See `Ground`."""
        through = {"proxy_url": self.proxy.url} if self.proxy else {}
        return open_broker(f"kafka:{self.server}", options=self.options | through, client_id="suite")

    def delete_topic(self, name: str) -> None:
        """See `Ground`."""
        admin = KafkaAdminClient(bootstrap_servers=self.server)
        admin.delete_topics([name])
        admin.close()

    def take_away(self) -> None:
        """See `Ground`: every connection breaks and none comes about."""
        assert self.proxy is not None
        self.proxy.close_door()

    def bring_back(self) -> None:
        """See `Ground`."""
        assert self.proxy is not None
        self.proxy.open_door()


def fresh_topic(*, partitions: int = 3, compacted: bool = False) -> Topic:
    """A topic that no other test has."""
    letters = uuid.uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
    return Topic(f"suite.{letters}", partitions=partitions, compacted=compacted)
