"""Where a drill is played: the started stack, with a planner and a reader at work in front of it."""

import json
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from subprocess import TimeoutExpired

from tests.deploy.compose import SERVICES, FailedError, Stack, docker
from tests.deploy.people import Person, eventually
from tests.drills.count import Sent, Tally, missing, tally, told
from tests.drills.load import Load
from tests.drills.pages import Reader

#: Seconds that are given: to notifications to catch up, to containers to be healthy, to pages to answer.
PATIENCE = 90.0

#: What has to run, and be healthy, when a drill is over.
CONTAINERS = {f"{service}-{kind}" for service in SERVICES for kind in ("web", "worker")} | {
    *("postgres", "kafka", "gateway"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a drill came to. caught_up: seconds from the moment of repair until everything accepted before it had
    arrived. faults: sentences; a drill without any has passed.
    """

    drill: str
    tried: str
    tally: Tally
    refused: int
    caught_up: float | None
    pages: int
    slowest: float
    seconds: float
    faults: list[str]


@dataclass
class Stage:
    """What a drill acts on, and whom it tells when it begins to repair what it broke."""

    stack: Stack
    load: Load
    faults: list[str] = field(default_factory=list)
    _repaired: float | None = None
    _before: list[Sent] = field(default_factory=list)

    def repairing(self) -> None:
        """From now on what was broken comes back: the clock of catching up runs."""
        self._repaired, self._before = time.monotonic(), list(self.load.sent)

    def insist(self, holds: bool, sentence: str) -> None:  # noqa: FBT001  what is claimed, then what is said if it is not so
        """Note a fault unless it holds."""
        if not holds:
            self.faults.append(sentence)

    def container(self, name: str) -> str:
        """The id of the one container of a compose service."""
        return self.stack.compose("ps", "--all", "--quiet", name).split()[0]

    def up(self, *names: str, scale: int | None = None) -> None:
        """Start these as an operator does, without touching what they depend on."""
        scaled = [] if scale is None else ["--no-recreate", *(f"--scale={name}={scale}" for name in names)]
        self.stack.compose("up", "--detach", "--no-build", "--no-deps", *scaled, *names)

    def up_and_well(self, *names: str) -> None:
        """Start these, and wait until they are well. Raises FailedError."""
        self.up(*names)
        ill = eventually(
            lambda: [one for one in unwell(self.stack) if one.split()[0] in names],
            until=lambda found: not found,
            within=PATIENCE,
        )
        if ill:
            raise FailedError(f"not healthy after {PATIENCE:.0f} seconds: {', '.join(ill)}")

    def tongxing(self, service: str, *arguments: str) -> str:
        """What a command of the command line prints, run beside the service as docs/operations.md says."""
        return self.stack.compose("run", "--rm", "--no-deps", "-T", f"{service}-web", *arguments)

    def catch_up(self, schools: int) -> float | None:
        """Wait until what was accepted before the repair has arrived; seconds since then, None if it has not."""
        if self._repaired is None:
            raise RuntimeError("The drill never said that it repairs.")
        if _all_told(self.stack, self.load.name, self._before, schools=schools):
            return time.monotonic() - self._repaired
        return None


def play(
    stack: Stack,
    person: Person,
    *,
    schools: list[str],
    drill: str,
    name: str,
    pace: float,
    tried: str,
    stopped: Collection[str],
    act: Callable[[Stage], None],
) -> Row:
    """Put the load on, let `act` break and repair, and count.

    name: what the sessions are called, as no other drill's are. pace: seconds from one to the next. stopped: the
    services that may be away meanwhile.
    """
    begun = time.monotonic()
    load, reader = Load(person, schools=schools, name=name, pace=pace), Reader(person)
    stage = Stage(stack, load)
    caught_up = None
    with _working(load, reader):
        time.sleep(1.5)
        try:
            act(stage)
            caught_up = stage.catch_up(len(schools))
        except FailedError as error:
            stage.faults.append(f"a command failed: {str(error)[-600:]}")
        ill = eventually(lambda: unwell(stack), until=lambda found: not found, within=PATIENCE)
        stage.insist(not ill, f"not healthy afterwards: {', '.join(ill)}")
    _all_told(stack, load.name, load.sent, schools=len(schools))
    counted = tally(load.sent, told(stack, load.name), invited=len(schools))
    silent = eventually(reader.unanswered, until=lambda names: not names, within=15)
    stage.insist(not silent, f"pages do not answer afterwards: {', '.join(silent)}")
    failed = reader.failed(stopped)
    if failed:
        stage.faults.append(f"{len(failed)} pages of untouched services failed, such as {failed[0]}")
    if load.refused and "scheduling" not in stopped:
        stage.faults.append(f"{len(load.refused)} commands were refused, such as {load.refused[0]}")
    stage.insist(counted.sent > 0, "nothing was accepted at all")
    stage.insist(caught_up is not None, "notifications did not catch up")
    for what, number in (
        ("lost", counted.lost),
        ("doubled", counted.doubled),
        ("disordered", counted.disordered),
    ):
        stage.insist(not number, f"{number} {what}")
    watched = [look.seconds for look in reader.looks if look.service not in stopped]
    return Row(
        drill=drill,
        tried=tried,
        tally=counted,
        refused=len(load.refused),
        caught_up=caught_up,
        pages=len(watched),
        slowest=max(watched, default=0.0),
        seconds=time.monotonic() - begun,
        faults=stage.faults,
    )


@contextmanager
def _working(load: Load, reader: Reader) -> Iterator[None]:
    load.begin()
    reader.begin()
    try:
        yield
    finally:
        load.end()
        reader.end()


def _all_told(stack: Stack, name: str, sent: list[Sent], *, schools: int) -> bool:
    """Wait until all of it has arrived; whether it has."""

    def lacking() -> bool:
        try:
            return bool(missing(sent, told(stack, name), invited=schools))
        except FailedError:  # PostgreSQL is on its way
            return True

    return not eventually(lacking, until=lambda lacks: not lacks, within=PATIENCE)


def unwell(stack: Stack) -> list[str]:
    """What keeps the stack from being whole: containers that are not well, or that are not there."""
    listed = docker(
        *("ps", "--filter", f"label=com.docker.compose.project={stack.project}"),
        *("--format", '{{.ID}}|{{.Label "com.docker.compose.service"}}|{{.Status}}'),
    )
    containers = [line.split("|", 2) for line in listed.splitlines()]
    ill = [f"{name} ({state})" for id_, name, state in containers if not _is_well(id_, state)]
    return ill + [f"{name} (not there)" for name in CONTAINERS - {name for _, name, _ in containers}]


def _is_well(container: str, state: str) -> bool:
    """Whether a container is what its state says, or better: Docker looks every five seconds, and nobody waits for that."""
    if "health: starting" not in state:
        return state.startswith("Up") and "Paused" not in state and "unhealthy" not in state
    kind, *check = json.loads(docker("inspect", "--format", "{{json .Config.Healthcheck.Test}}", container))
    try:
        docker("exec", container, *(["sh", "-c"] if kind == "CMD-SHELL" else []), *check, timeout=10)
    except (FailedError, TimeoutExpired):
        return False
    return True
