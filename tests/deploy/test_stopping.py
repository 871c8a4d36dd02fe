"""A container can be stopped from its first second on."""

import time
from collections.abc import Iterator

import pytest

from tests.deploy.compose import docker
from tests.deploy.people import eventually

#: Takes connections and says nothing: whoever prepares its database there prepares for long.
SILENT = "import socket, time; held = socket.create_server(('127.0.0.1', 5432)); time.sleep(600)"
DATABASE = "postgresql://notifications:x@127.0.0.1/notifications"


@pytest.fixture
def silence(images: str) -> Iterator[str]:
    container = docker(
        *("run", "--detach", "--entrypoint", "python", f"{images}/notifications:0.1.0", "-c", SILENT)
    ).strip()
    yield container
    docker("rm", "--force", container)


@pytest.mark.parametrize("process", ["web", "worker"])
def test_what_has_not_yet_begun_ends_at_once(images: str, silence: str, process: str) -> None:
    container = docker(
        *("run", "--detach", "--network", f"container:{silence}", "--env", f"TONGXING_DATABASE={DATABASE}"),
        *(f"{images}/notifications:0.1.0", process, "notifications", "--prepare"),
    ).strip()
    try:
        eventually(lambda: docker("top", container), until=lambda said: "tongxing" in said, within=20)
        time.sleep(1)  # it hears once Python runs
        begun = time.monotonic()
        docker("stop", "--time", "20", container)

        assert time.monotonic() - begun < 5
        assert docker("inspect", "--format", "{{.State.ExitCode}}", container).strip() == "143"
    finally:
        docker("rm", "--force", container)
