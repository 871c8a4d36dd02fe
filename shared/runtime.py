"""One service, brought together with this process's settings: its database, its broker, its relay and consumer.

Whether five of these live in one process (`up`) or one in each (`web`, `worker`), nothing in a service knows.
"""

import os
import socket
import threading
from dataclasses import dataclass, field
from functools import cached_property

from shared import contracts
from shared.clock import Clock, utcnow
from shared.db import Database
from shared.events import ledger, retention
from shared.events.broker import Broker
from shared.events.consumer import Consumer
from shared.events.contract import Registry, Topic
from shared.events.handling import Handling
from shared.events.opening import open_broker
from shared.events.outbox import Outbox
from shared.events.relay import Relay
from shared.events.republish import Publisher
from shared.events.restore import Restore
from shared.events.retention import Windows
from shared.ids import uuid7
from shared.service import Service, Timer
from shared.settings import Settings


def own_topics(service: str, registry: Registry = contracts.CONTRACTS) -> dict[str, Topic]:
    """The topics that a service alone may write."""
    return {name: topic for name, topic in registry.topics().items() if topic.publisher == service}


@dataclass(eq=False)
class Runtime:
    """A service in this process. Make it after the fork: connections and threads do not survive one.

    `left_to_send` is set whenever a transaction of this process commits events, to wake the relay.
    """

    service: Service
    settings: Settings
    clock: Clock = utcnow
    registry: Registry = contracts.CONTRACTS
    left_to_send: threading.Event = field(default_factory=threading.Event)

    @cached_property
    def emitter(self) -> Outbox:
        """Where transactions leave their events."""
        return Outbox(wake=self.left_to_send.set, registry=self.registry)

    @cached_property
    def database(self) -> Database:
        """The service's own database."""
        return Database(self.settings.database_url(self.service.name), emitter=self.emitter, clock=self.clock)

    @cached_property
    def broker(self) -> Broker:
        """The broker; opened at first use. Raises BrokerUnavailable or Invalid."""
        return open_broker(self.settings.broker_url, options=self.settings.kafka, client_id=self.service.name)

    @property
    def topics(self) -> dict[str, Topic]:
        """The topics that it publishes."""
        return own_topics(self.service.name, self.registry)

    @property
    def topics_read(self) -> dict[str, Topic]:
        """The topics that its consumer reads."""
        events = (self.registry.of(event) for event in self.service.reactions)
        return {contract.topic.name: contract.topic for contract in events}

    @property
    def windows(self) -> Windows:
        """How long it keeps what it may need again."""
        kept = self.settings
        return Windows(sent=kept.keep_sent, discarded=kept.keep_discarded, inbox=kept.keep_inbox)

    @property
    def timers(self) -> tuple[Timer, ...]:
        """What is due again and again: the service's own timers and the spine's."""
        return (*self.service.timers, *retention.timers(self.windows, read=self.topics_read.values()))

    @property
    def publisher(self) -> Publisher:
        """What it can say again."""
        return Publisher(
            service=self.service.name, topics=self.topics, states=self.service.states, registry=self.registry
        )

    @property
    def name_here(self) -> str:
        """A name for what runs in this process, unique among all that ever run: for leases."""
        return f"{socket.gethostname()}:{os.getpid()}:{uuid7()}"

    @property
    def handling(self) -> Handling:
        """How its consumer reads and applies."""
        return Handling(
            consumer=self.service.name,
            reactions=self.service.reactions,
            registry=self.registry,
            emitter=self.emitter,
        )

    @property
    def restore(self) -> Restore:
        """What it does about its own records that its database does not know."""
        return Restore(adopt=self.service.adopt, registry=self.registry, emitter=self.emitter)

    def relay(self) -> Relay:
        """A new relay of this process."""
        return Relay(
            service=self.service.name,
            database=self.database,
            broker=self.broker,
            topics=self.topics,
            restore=self.restore,
            owner=self.name_here,
        )

    def consumer(self) -> Consumer:
        """A new member of the service's consumer group."""
        return Consumer(database=self.database, broker=self.broker, handling=self.handling)

    def settle(self) -> None:
        """Compare the database with what the broker holds of its own topics, before it opens for changes.

        Raises BrokerUnavailable: then changes are accepted, and the relay settles before it sends any.
        """
        ledger.settle(self.database, self.broker, self.topics, self.restore)

    def close(self) -> None:
        """Give everything back that was opened."""
        if "broker" in self.__dict__:
            self.broker.close()
        if "database" in self.__dict__:
            self.database.close()
