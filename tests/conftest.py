"""Fixtures of all tests: the infrastructure, and what a run says of it at its end."""

from collections.abc import Callable, Iterator

import pytest

from tests.infrastructure import Infrastructure, NotThereError, nothing_may_be_missing

_KEY = pytest.StashKey[Infrastructure]()


@pytest.fixture(scope="session")
def infrastructure(request: pytest.FixtureRequest) -> Iterator[Infrastructure]:
    """What this run has; containers start when first asked for and stop with the run."""
    here = request.config.stash.setdefault(_KEY, Infrastructure())
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was not tried, so that a green run is not taken for more than it is."""
    here = config.stash.get(_KEY, None)
    for name, why in here.missing.items() if here else ():
        terminalreporter.write_line(f"not tried: {name}, because {why}", yellow=True)


def _there(find: Callable[[], str]) -> str:
    try:
        return find()
    except NotThereError as error:
        if nothing_may_be_missing():
            pytest.fail(f"In CI everything is tried: {error}", pytrace=False)
        pytest.skip(str(error))
