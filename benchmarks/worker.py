"""The processes of the latency benchmark: one that commits, as a web process does, and real workers.

Two services, as everywhere in Tongxing: one publishes, the other one reacts, each with its own database.

Each waits for commands on a pipe. Moments are monotonic seconds, which all processes of a machine share.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import event
from sqlalchemy.orm import Session

from benchmarks import toy
from shared.db import Transaction
from shared.events.contract import Event
from shared.events.kafka.clients import Clients
from shared.observe.health import Health
from shared.runtime import Runtime
from shared.service import Reaction, Service
from shared.serving.wiring import worker_of
from shared.settings import Settings

#: What happened when: one moment for each version, because each event of a run has a version of its own.
Moments = dict[int, float]

_SEEN = "benchmarks.seen"


@dataclass(frozen=True)
class Place:
    """Where the two services work. kafka: for the bare peer; empty where there is none."""

    publishes: Settings
    reacts: Settings
    sessions: tuple[UUID, ...]
    kafka: str


class Process:
    """One of them, from outside."""

    def __init__(self, target: Callable[[Connection, Place], None], place: Place) -> None:
        """Start it."""
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=target, args=(theirs, place), daemon=True)
        self._process.start()

    def ask(self, command: str, *arguments: float) -> Moments:
        """Let it do something and wait for what it answers."""
        self._pipe.send((command, *arguments))
        if not self._pipe.poll(120):
            raise TimeoutError(command)
        found: Moments = self._pipe.recv()
        return found

    def cpu_seconds(self) -> float:
        """Processor time that it has used so far, in user and system mode (`/proc/PID/schedstat`, all threads)."""
        tasks = Path(f"/proc/{self._process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9

    def close(self) -> None:
        """End it."""
        self._pipe.send(("end",))
        self._process.join(timeout=30)


def web(pipe: Connection, place: Place) -> None:
    """Commits changes with their events, or sends the same bytes through a bare producer, at a steady rate.

    `commit` and `send` take the first version, how many, and how many a second.
    """
    runtime = _publisher(place)
    bare = Clients([place.kafka], options={}, client_id="benchmarks").producer() if place.kafka else None

    def commit(released: toy.Released) -> None:
        def work(tx: Transaction) -> None:
            tx.db.add(toy.entry(released, uuid4(), tx))
            tx.emit(released)

        runtime.database.run(work, actor="account:1")

    def send(released: toy.Released) -> None:
        [record] = toy.records(iter([released]))
        headers = [*record.headers, ("version", str(released.version).encode())]
        assert bare is not None  # noqa: S101  asked for only where there is Kafka
        bare.send(toy.BARE.name, key=record.key, value=record.value, headers=headers)

    while True:
        command, *arguments = pipe.recv()
        if command == "end":
            break
        first, count, rate = arguments
        events = list(toy.releases(int(count), keys=list(place.sessions), start=0))
        numbered = [_numbered(one, int(first) + n) for n, one in enumerate(events)]
        pipe.send(_paced(commit if command == "commit" else send, numbered, rate, after=command == "commit"))
    runtime.close()


def relaying(pipe: Connection, place: Place) -> None:
    """The worker of the service that publishes; only its end is asked for."""
    running = worker_of([_publisher(place)], Health())
    running.start()
    while pipe.recv()[0] != "end":
        pass
    running.drain()


def reacting(pipe: Connection, place: Place) -> None:
    """The worker of the service that reacts, which notes when each effect was committed.

    `seen` answers and forgets what was seen, as soon as so many were; `listen` starts the bare consumer.
    """
    _work(pipe, place, together=False)


def together(pipe: Connection, place: Place) -> None:
    """The same, with the publisher's loops in the same process, as `tongxing up` runs them."""
    _work(pipe, place, together=True)


def _work(pipe: Connection, place: Place, *, together: bool) -> None:
    seen: Moments = {}

    def reaction(tx: Transaction, released: toy.Released) -> None:
        tx.db.add(toy.entry(released, released.schools[0], tx))
        tx.db.info.setdefault(_SEEN, []).append(released.version)

    @event.listens_for(Session, "after_commit")
    def _visible(db: Session) -> None:
        now = time.monotonic()
        seen.update(dict.fromkeys(db.info.pop(_SEEN, ()), now))

    reactor = _runtime("reactors", place.reacts, {toy.Released: reaction})
    running = worker_of([_publisher(place), reactor] if together else [reactor], Health())
    running.start()
    while True:
        command, *arguments = pipe.recv()
        if command == "end":
            break
        if command == "listen":
            threading.Thread(target=_listen, args=(place.kafka, seen), daemon=True).start()
        else:
            deadline = time.monotonic() + 60
            while len(seen) < arguments[0] and time.monotonic() < deadline:
                time.sleep(0.05)
        pipe.send(dict(seen))
        seen.clear()
    running.drain()


def _publisher(place: Place) -> Runtime:
    return _runtime("benchmarks", place.publishes, {})


def _runtime(name: str, settings: Settings, reactions: Mapping[type[Event], Reaction]) -> Runtime:
    service = Service(name=name, package="benchmarks", version="0", reactions=reactions, blueprints=tuple)
    return Runtime(service, settings, registry=toy.REGISTRY)


def _listen(kafka: str, seen: Moments) -> None:
    """The bare consumer: notes when each record arrived."""
    consumer = Clients([kafka], options={}, client_id="benchmarks").consumer(group=None)
    consumer.assign(toy.partitions(toy.BARE))
    consumer.seek_to_end()
    while True:
        for records in consumer.poll(timeout_ms=500).values():
            now = time.monotonic()
            seen.update({int(dict(record.headers)["version"]): now for record in records})


def _paced(
    do: Callable[[toy.Released], None], events: Iterable[toy.Released], rate: float, *, after: bool
) -> Moments:
    """Do it for each event at its time; answers when it was done (`after`) or begun."""
    moments: Moments = {}
    start = time.monotonic()
    for n, one in enumerate(events):
        time.sleep(max(0.0, start + n / rate - time.monotonic()))
        begun = time.monotonic()
        do(one)
        moments[one.version] = time.monotonic() if after else begun
    return moments


def _numbered(released: toy.Released, version: int) -> toy.Released:
    return toy.Released(
        version=version, session_id=released.session_id, title=released.title, schools=released.schools
    )
