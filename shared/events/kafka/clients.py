"""kafka-python's clients: how they are configured, and what their errors mean to an operator.

kafka-python has no types: what it answers is `Any`, and becomes ours in the module that asks.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import KafkaError, KafkaTimeoutError, RequestTimedOutError
from kafka.net.compat import KafkaNetClient
from kafka.net.selector import NetworkSelector

from shared.events.broker import BrokerUnavailable
from shared.events.kafka.refusals import TooOldError, WatchedConnections, is_refusal, sentence
from shared.events.record import MAX_RECORD_BYTES

#: Room for the framing of the largest record: lengths, and up to ten bytes for each header.
FRAMED_RECORD_BYTES = MAX_RECORD_BYTES + 64 * 1024

Option = str | int | float | bool


class _Client(Protocol):
    def close(self) -> None: ...


C = TypeVar("C", bound=_Client)

#: So that an unreachable broker is noticed in seconds and a reachable one again within a second.
_EVERY_CLIENT: Mapping[str, Option] = {
    "bootstrap_timeout_ms": 3_000,
    "reconnect_backoff_max_ms": 1_000,
    "retry_backoff_ms": 50,
    "metrics_enabled": False,
}

#: A week: the client never gives a batch up by itself. `publishing` bounds each call instead, because a
#: batch that expires inside the client lets the next one of its partition pass it.
_NEVER_MS = 7 * 24 * 3600 * 1000

_PRODUCER: Mapping[str, Option] = {
    "acks": "all",
    "enable_idempotence": True,
    "allow_auto_create_topics": False,
    "delivery_timeout_ms": _NEVER_MS,
    "linger_ms": 0,
    # One batch per partition is under way at a time, so its size decides the throughput.
    "batch_size": 128 * 1024,
    "max_request_size": 4 * FRAMED_RECORD_BYTES,
    "max_block_ms": 5_000,
}

_CONSUMER: Mapping[str, Option] = {
    "allow_auto_create_topics": False,
    "enable_auto_commit": False,
    # Positions are ours alone: an offset that the log does not hold is an error, never a silent jump.
    "auto_offset_reset": "none",
    # Bounds how long a topic that was made anew between two fetches goes unnoticed.
    "metadata_max_age_ms": 30_000,
    "max_partition_fetch_bytes": FRAMED_RECORD_BYTES,
    "session_timeout_ms": 10_000,
    "heartbeat_interval_ms": 1_000,
}

_ADMIN: Mapping[str, Option] = {"request_timeout_ms": 10_000}


class OptionError(ValueError):
    """An option that no client knows; a sentence for the operator."""


class Clients:
    """Makes clients for one cluster, with the operator's options over ours.

    An option goes to each client that knows it (`security_protocol`, `sasl_*`, `ssl_*`, `linger_ms` …).
    """

    def __init__(self, servers: Sequence[str], *, options: Mapping[str, str], client_id: str) -> None:
        """Check the options, connect to nothing. Raises OptionError."""
        self.servers = list(servers)
        self.client_id = client_id
        self._options = {name: _typed(name, value) for name, value in options.items()}
        self._refusal: BaseException | None = None  # of the last connection, if it was turned away
        # kafka-python logs at ERROR, ten times a second, that a topic does not exist yet or a node is
        # away; we say it once, in the error that we raise. Whoever debugs sets this logger's level.
        library = logging.getLogger("kafka")
        if library.level == logging.NOTSET:
            library.setLevel(logging.CRITICAL)

    def producer(self) -> KafkaProducer:
        """A connected producer. Raises KafkaError."""
        return self._connected(KafkaProducer, _PRODUCER)

    def consumer(self, *, group: str | None) -> KafkaConsumer:
        """A connected consumer, of a group or on its own. Raises KafkaError."""
        return self._connected(
            KafkaConsumer,
            _CONSUMER,
            group_id=group,
            partition_assignment_strategy=[CooperativeStickyAssignor],
        )

    def admin(self) -> KafkaAdminClient:
        """A connected admin client. Raises KafkaError."""
        return self._connected(KafkaAdminClient, _ADMIN)

    def away(self, error: BaseException) -> BrokerUnavailable:
        """What an error of the library means for the operator."""
        known = error if is_refusal(error) else self._refusal or error
        return BrokerUnavailable(sentence(",".join(self.servers), known))

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Turn what the library raises where the broker is away, or turns us away, into BrokerUnavailable."""
        try:
            yield
        # RuntimeError: the library's network thread is closed; OSError: name resolution.
        except (KafkaError, OSError, RuntimeError) as error:
            raise self.away(error) from error

    def _connected(self, kind: Callable[..., C], defaults: Mapping[str, Option], **fixed: object) -> C:
        """A client of a kind; where it cannot connect, nothing of it is left behind.

        A client whose constructor fails leaves its network thread and its sockets open, and while
        the broker is away we try again for hours. So we hold on to the network part ourselves.
        """
        network: list[KafkaNetClient] = []

        def networking(**configuration: object) -> KafkaNetClient:
            net = NetworkSelector(**configuration)
            network.append(
                KafkaNetClient(net=net, manager=WatchedConnections(net, told=self._hear, **configuration))
            )
            return network[-1]

        known: Mapping[str, object] = kind.DEFAULT_CONFIG  # type: ignore[attr-defined] # kafka-python is untyped
        wanted = {**_EVERY_CLIENT, **defaults, **self._options}
        try:
            made = kind(
                bootstrap_servers=self.servers,
                client_id=self.client_id,
                kafka_client=networking,
                **{name: value for name, value in wanted.items() if name in known},
                **fixed,
            )
        except BaseException:
            for one in network:
                one.close()
            raise
        if isinstance(self._refusal, TooOldError):
            made.close()
            raise self._refusal
        return made

    def _hear(self, error: BaseException | None) -> None:
        """Note what became of the newest connection. One that was given up in time says nothing new."""
        if not isinstance(error, (KafkaTimeoutError, RequestTimedOutError)):
            self._refusal = error if is_refusal(error) else None


def _typed(name: str, value: str) -> Option:
    """An option from the environment as the type that the clients want."""
    for client in (KafkaProducer, KafkaConsumer, KafkaAdminClient):
        if name in client.DEFAULT_CONFIG:
            default = client.DEFAULT_CONFIG[name]
            if isinstance(default, bool):
                return value.lower() in {"1", "true", "yes"}
            if isinstance(default, int) and value.lstrip("-").isdecimal():
                return int(value)
            return value
    raise OptionError(f"kafka-python has no option {name!r}.")
