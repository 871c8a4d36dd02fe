"""Fixtures of all tests: the infrastructure, and what a run says of it at its end."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import disk_usage
from typing import Any

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]  # ships no types
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # ships no types

from tests.infrastructure import Infrastructure, NotThereError, nothing_may_be_missing

_KEY = pytest.StashKey[Infrastructure]()
_MISSING = pytest.StashKey[dict[str, str]]()

#: Folders whose tests build images and start compose stacks: one after the other, however many processes there are.
_ONE_AT_A_TIME = {"deploy", "operations"}


#: Where tests keep their files if there is room: databases that wait for a disk take a third of the time otherwise.
_MEMORY, _ROOM = Path("/dev/shm"), 4 * 2**30  # noqa: S108  pytest makes a directory of its own in it


def pytest_configure() -> None:
    """Let temporary files lie in memory, unless somebody has said where."""
    if "PYTEST_DEBUG_TEMPROOT" not in os.environ and _MEMORY.is_dir() and disk_usage(_MEMORY).free > _ROOM:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(_MEMORY)


class _FileByFile(LoadScopeScheduling):  # type: ignore[misc]  # ships no types
    """Gives a process one file after the other, with what its tests share; all that needs compose counts as one file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "compose" if file.split("/")[1] in _ONE_AT_A_TIME else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _FileByFile:
    """How a run of several processes divides the tests."""
    return _FileByFile(config, log)


@pytest.fixture(scope="session")
def infrastructure(request: pytest.FixtureRequest) -> Iterator[Infrastructure]:
    """What this run has; containers start when first asked for and stop with the run."""
    here = request.config.stash.setdefault(_KEY, Infrastructure(durable=False))
    yield here
    here.stop()


@pytest.fixture(scope="session")
def kafka_server(infrastructure: Infrastructure) -> str:
    """`host:port` of Apache Kafka; skips where there is none, fails where nothing may be missing."""
    return _there(infrastructure.kafka)


@pytest.fixture(scope="session")
def postgres_server(infrastructure: Infrastructure) -> str:
    """A SQLAlchemy URL of PostgreSQL; skips where there is none, fails where nothing may be missing."""
    return _there(infrastructure.postgres)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Note what was not to be had; a process of several tells it to the one that started it."""
    here = session.config.stash.get(_KEY, None)
    missing = dict(here.missing) if here else {}
    session.config.stash.setdefault(_MISSING, {}).update(missing)
    if (told := getattr(session.config, "workeroutput", None)) is not None:
        told["missing"] = missing


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take in what a process has told."""
    node.config.stash.setdefault(_MISSING, {}).update(getattr(node, "workeroutput", {}).get("missing", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was not tried, so that a green run is not taken for more than it is."""
    for name, why in config.stash.get(_MISSING, {}).items():
        terminalreporter.write_line(f"not tried: {name}, because {why}", yellow=True)


def _there(find: Callable[[], str]) -> str:
    try:
        return find()
    except NotThereError as error:
        if nothing_may_be_missing():
            pytest.fail(f"In CI everything is tried: {error}", pytrace=False)
        pytest.skip(str(error))
