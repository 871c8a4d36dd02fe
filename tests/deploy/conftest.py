"""What the tests of images and compose need: an engine, the five images, a started foundation."""

import os
from collections.abc import Iterator

import pytest

from tests.deploy.compose import FailedError, Stack, clone, docker
from tests.infrastructure import Infrastructure, nothing_may_be_missing


@pytest.fixture(scope="session")
def engine(infrastructure: Infrastructure) -> None:
    """Docker with compose; skips where there is none, fails where nothing may be missing."""
    try:
        docker("version", timeout=20)
        docker("compose", "version", timeout=20)
    except (FailedError, OSError) as error:
        reason = f"docker compose does not answer here ({str(error).strip().splitlines()[-1][:200]})"
        infrastructure.missing["Docker"] = reason
        if nothing_may_be_missing():
            pytest.fail(f"In CI everything is tried: {reason}", pytrace=False)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def images(engine: None) -> str:
    """The five images of this checkout, built; their prefix."""
    stack = Stack("tongxing-test-build", settings={"TONGXING_REVISION": "0123abcd"})
    stack.compose("build", "--quiet", timeout=600)
    return stack.settings["TONGXING_IMAGES"]


@pytest.fixture(scope="session")
def foundation(images: str) -> Iterator[Stack]:
    """PostgreSQL with the services' databases and the gateway, but no service."""
    stack = Stack(f"tongxing-test-{os.getpid()}")
    try:
        stack.up("postgres", "gateway")
        stack.compose("run", "--rm", "--no-deps", "-T", "databases")
        yield stack
    finally:
        stack.down()


@pytest.fixture(scope="session")
def stack(images: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """All of it, as an operator starts it in a clone of their own."""
    directory = clone(tmp_path_factory.mktemp("clone"))
    started = Stack(f"tongxing-test-all-{os.getpid()}", directory=directory)
    try:
        started.up()
        yield started
    finally:
        started.down()
