import json
import os
import re
import tomllib
import uuid
from importlib.metadata import requires
from typing import Any

import pytest
from packaging.markers import Marker

from tests.deploy.compose import CHECKOUT, SERVICES, docker

pytestmark = [pytest.mark.usefixtures("engine")]

LIST = "import importlib.metadata as m, json; print(json.dumps(sorted({d.name for d in m.distributions()})))"


def image_of(prefix: str, service: str) -> str:
    return f"{prefix}/{service}:{project(f'services/{service}')['version']}"


def project(directory: str) -> dict[str, Any]:
    loaded: dict[str, Any] = tomllib.loads((CHECKOUT / directory / "pyproject.toml").read_text())["project"]
    return loaded


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def closure(directories: list[str]) -> set[str]:
    """What the projects need, found in another way than the build does: by what is installed here."""
    left = [one for directory in directories for one in project(directory)["dependencies"]]
    found: set[str] = set()
    while left:
        requirement, _, marker = left.pop().partition(";")
        matched = re.match(r"\s*([\w.-]+)\s*(?:\[([^\]]*)\])?", requirement)
        assert matched
        name, extras = normalized(matched[1]), (matched[2] or "").split(",")
        here = {"platform_system": "Linux", "sys_platform": "linux", "python_version": "3.13"}
        wanted = not marker.strip() or any(
            Marker(marker).evaluate({**here, "extra": extra}) for extra in ("", "binary", "crc32c", "async")
        )
        if name.startswith("tongxing-") or not wanted or name in found:
            continue
        found.add(name)
        left += [
            one
            for one in requires(name) or []
            if "extra ==" not in one
            or any(extra and f"extra == '{extra}'" in one.replace('"', "'") for extra in extras)
        ]
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_its_service_and_what_that_needs_and_nothing_else(images: str, service: str) -> None:
    inside = json.loads(
        docker("run", "--rm", "--entrypoint", "python", image_of(images, service), "-c", LIST)
    )

    ours = {f"tongxing-{service}", "tongxing-shared"}
    assert {normalized(name) for name in inside} == ours | closure(["shared", f"services/{service}"])


def test_no_image_can_install_anything(images: str) -> None:
    script = "for python in /opt/tongxing/bin/python /usr/local/bin/python3; do $python -m pip --version && exit 1; done; true"
    docker("run", "--rm", "--entrypoint", "sh", image_of(images, "directory"), "-c", script)


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_says_what_it_is_and_how_to_ask_whether_it_is_well(images: str, service: str) -> None:
    (found,) = json.loads(docker("image", "inspect", image_of(images, service)))
    labels = found["Config"]["Labels"]

    assert {
        name: labels[f"org.opencontainers.image.{name}"] for name in ("title", "version", "revision")
    } == {
        "title": f"tongxing-{service}",
        "version": project(f"services/{service}")["version"],
        "revision": "0123abcd",
    }
    assert found["Config"]["Healthcheck"]["Test"] == ["CMD", "healthy", "/healthz"]
    assert found["Config"]["User"] == "tongxing"
    assert found["Config"]["StopSignal"] == "SIGTERM"


def test_it_runs_as_nobody_in_particular_on_a_file_system_that_it_cannot_change(images: str) -> None:
    script = "id -u; touch /opt/tongxing/x /x /usr/x 2>/dev/null && exit 1; cd $TMPDIR && touch x && tongxing --help >/dev/null"
    printed = docker(
        *("run", "--rm", "--read-only", "--cap-drop", "ALL", "--network", "none", "--entrypoint", "sh"),
        *(image_of(images, "scheduling"), "-c", script),
    )
    assert printed.split() == ["10001"]


def test_what_is_no_service_of_the_image_does_not_run_in_it(images: str) -> None:
    assert "scheduling" in docker(
        *("run", "--rm", "--entrypoint", "sh", image_of(images, "scheduling"), "-c"),
        "tongxing web exchange 2>&1; test $? = 2",
    )


def test_a_process_that_waits_ends_when_it_is_told_to(images: str) -> None:
    name = f"tongxing-test-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    docker(
        *("run", "--detach", "--name", name, "--tmpfs", "/data:uid=10001,mode=700"),
        *(image_of(images, "resources"), "web", "resources", "--prepare"),
    )
    try:
        docker(
            "exec",
            name,
            "sh",
            "-c",
            "for i in $(seq 100); do healthy /readyz && exit 0; sleep 0.2; done; exit 1",
        )
        docker("stop", "--time", "20", name, timeout=30)
        assert docker("inspect", "--format", "{{.State.ExitCode}}", name).strip() == "0"
    finally:
        docker("rm", "--force", "--volumes", name)
