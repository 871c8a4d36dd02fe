"""Where the tests find Kafka and PostgreSQL, for all of them and in one place.

In this order: an address in the environment (`TONGXING_TEST_KAFKA=host:port`,
`TONGXING_TEST_POSTGRES=` a SQLAlchemy URL of a server on which databases may be made); a container,
started when first needed and stopped with the run; otherwise nothing, and the run says at its end what it
did not try. Where `CI=true`, nothing may be missing.
"""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

KAFKA_IMAGE = "apache/kafka:4.3.1"
POSTGRES_IMAGE = "postgres:17"


class NotThereError(Exception):
    """An infrastructure that cannot be had here; the text says why."""


@dataclass
class Infrastructure:
    """What has been looked for in this run: found, started, or missing and why.

    durable: whether our PostgreSQL waits for the disk. Nobody pulls its plug in a test; a benchmark measures with it.
    """

    durable: bool = True
    missing: dict[str, str] = field(default_factory=dict)
    _found: dict[str, str] = field(default_factory=dict)
    _stops: list[Callable[[], object]] = field(default_factory=list)

    def kafka(self) -> str:
        """`host:port` of Apache Kafka. Raises NotThereError."""
        return self._get("Apache Kafka", "TONGXING_TEST_KAFKA", self._start_kafka)

    def postgres(self) -> str:
        """A SQLAlchemy URL of PostgreSQL, with the right to make databases. Raises NotThereError."""
        return self._get("PostgreSQL", "TONGXING_TEST_POSTGRES", self._start_postgres)

    def stop(self) -> None:
        """Stop what was started."""
        for stop in self._stops:
            with suppress(Exception):
                stop()
        self._stops.clear()

    def _get(self, name: str, variable: str, start: Callable[[], str]) -> str:
        if name not in self._found and name not in self.missing:
            try:
                self._found[name] = os.environ.get(variable) or start()
            except NotThereError as error:
                self.missing[name] = f"{variable} is not set, and {error}"
        if name in self.missing:
            raise NotThereError(self.missing[name])
        return self._found[name]

    def _start_kafka(self) -> str:
        port, brokers, controller = (_free_port() for _ in range(3))
        settings = {
            "KAFKA_NODE_ID": "1",
            "KAFKA_PROCESS_ROLES": "broker,controller",
            "KAFKA_LISTENERS": ",".join(
                f"{name}://127.0.0.1:{at}"
                for name, at in (("CLIENTS", port), ("BROKERS", brokers), ("CONTROLLER", controller))
            ),
            "KAFKA_ADVERTISED_LISTENERS": f"CLIENTS://localhost:{port},BROKERS://localhost:{brokers}",
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CLIENTS:PLAINTEXT,BROKERS:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "KAFKA_INTER_BROKER_LISTENER_NAME": "BROKERS",
            "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
            "KAFKA_CONTROLLER_QUORUM_VOTERS": f"1@localhost:{controller}",
            "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
            "KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS": "4",
            "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
            "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
            "KAFKA_HEAP_OPTS": "-Xmx512m -Xms256m",
        }
        self._start(KAFKA_IMAGE, settings, ready="Kafka Server started")
        return f"localhost:{port}"

    def _start_postgres(self) -> str:
        port = _free_port()
        # The server starts twice: first without the network, to make the database, then for us.
        ready = ["pg_isready", "--host=127.0.0.1", f"--port={port}", "--username=postgres"]
        command = ["-c", f"port={port}", "-c", "listen_addresses=127.0.0.1"]
        self._start(
            POSTGRES_IMAGE,
            {"POSTGRES_PASSWORD": "tongxing"},
            ready=ready,
            command=command if self.durable else [*command, "-c", "fsync=off"],
        )
        return f"postgresql+psycopg://postgres:tongxing@localhost:{port}/postgres"

    def _start(
        self,
        image: str,
        settings: dict[str, str],
        *,
        ready: str | list[str],
        command: list[str] | None = None,
    ) -> None:
        """Start a container and wait: for a line of its log, or for a command in it to succeed.

        It listens on this machine's own loopback: through Docker's proxy, which copies every byte, 200 events a second
        took half a core more.
        """
        # We stop our containers ourselves; the reaper is one more image that may not be there.
        os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
        try:
            # Late, because a machine without Docker need not have it either.
            from testcontainers.core.container import DockerContainer  # noqa: PLC0415
            from testcontainers.core.wait_strategies import (  # noqa: PLC0415
                ExecWaitStrategy,
                LogMessageWaitStrategy,
            )
        except ImportError as error:
            raise NotThereError("testcontainers is not installed") from error
        try:
            waiting = LogMessageWaitStrategy(ready) if isinstance(ready, str) else ExecWaitStrategy(ready)
            container = DockerContainer(image).waiting_for(waiting).with_kwargs(network_mode="host")
            if command:
                container.with_command(command)
            for name, value in settings.items():
                container.with_env(name, value)
            self._stops.append(container.stop)
            container.start()
        # Docker's errors have no common class: no engine, no image, no registry, no memory.
        except Exception as error:
            raise NotThereError(
                f"no container of {image} starts ({str(error)[:200] or type(error).__name__})"
            ) from error


def nothing_may_be_missing() -> bool:
    """Whether this is the run whose word counts."""
    return os.environ.get("CI") == "true"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
