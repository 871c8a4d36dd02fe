"""All of it, as an operator starts it and as people use it."""

import re
from functools import partial
from pathlib import Path

import requests

from tests.deploy.compose import SERVICES, Stack, docker
from tests.deploy.people import Person, administrator, eventually, liaison, release, schools_of_haixi
from tests.drills.next import overlay

PROCESSES = [f"{service}-{kind}" for service in SERVICES for kind in ("web", "worker")]


def school_of(planner: Person) -> str:
    """The first of the schools, whose liaison reads in these tests."""
    return schools_of_haixi(planner)[0]


def told(school: Person) -> list[str]:
    """The titles of ours that the school was told, newest first."""
    answer = school.get(f"{school.base}/notifications/api/v1/inbox", timeout=20)
    if answer.status_code in {401, 503}:  # its key, or the service itself, is still on its way
        return []
    return [notice["title"] for notice in answer.json()["notices"] if notice["title"].startswith("试讲")]


def images_of(stack: Stack, service: str) -> list[str]:
    """Which images the processes of a service were made of."""
    ids = stack.compose("ps", "--quiet", f"{service}-web", f"{service}-worker").split()
    return docker("inspect", "--format", "{{.Config.Image}}", *ids).split()


def test_a_school_has_what_was_released_while_notifications_was_away_once_and_in_order(
    stack: Stack, images: str, tmp_path: Path
) -> None:
    planner = administrator(stack)
    school_id = school_of(planner)
    school = liaison(stack, planner, school_id)

    # The first release reaches the school at once.
    release(planner, "试讲第一场", school_id)
    assert eventually(lambda: told(school), until=bool, within=120) == ["试讲第一场"]

    # While notifications is down, everything else works, and its own path says so.
    stack.compose("stop", "notifications-web", "notifications-worker")
    assert requests.get(f"{stack.url}/notifications", timeout=10).status_code == 503
    for title in ("试讲第二场", "试讲第三场", "试讲第四场"):
        release(planner, title, school_id)

    # It comes back as another version than the one that stopped, and than all the others.
    version = overlay.build(images, "notifications", tmp_path)
    stack.settings["NOTIFICATIONS_VERSION"] = version
    try:
        stack.up("notifications-web", "notifications-worker")
        assert set(images_of(stack, "notifications")) == {f"{images}/notifications:{version}"}
        found = eventually(lambda: told(school), until=lambda titles: len(titles) >= 4, within=180)
        assert found == ["试讲第四场", "试讲第三场", "试讲第二场", "试讲第一场"]
    finally:
        del stack.settings["NOTIFICATIONS_VERSION"]
        stack.up("notifications-web", "notifications-worker")
    # Back at the version before, nothing has changed for the school.
    assert eventually(lambda: told(school), until=bool, within=60) == found


def test_nothing_needs_more_than_it_was_given_and_nothing_came_back_from_a_crash(stack: Stack) -> None:
    ids = stack.compose("ps", "--quiet", "--all").split()
    states = docker("inspect", "--format", "{{.Name}} {{.State.OOMKilled}} {{.RestartCount}}", *ids)

    assert [line for line in states.splitlines() if not line.endswith(" false 0")] == []


def test_all_of_it_takes_no_more_than_two_and_a_half_gigabytes(stack: Stack) -> None:
    ids = stack.compose("ps", "--quiet").split()
    used = docker("stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}", *ids)

    # "tongxing-directory-web-1 123.4MiB / 320MiB"
    taken = {line.split()[0]: _mebibytes(line.split()[1]) for line in used.splitlines()}
    assert len(taken) == len(ids)
    assert sum(taken.values()) <= 2.5 * 1024, taken


def test_workers_can_be_multiplied(stack: Stack) -> None:
    stack.compose(
        *(
            "up",
            "--detach",
            "--no-build",
            "--no-deps",
            "--no-recreate",
            "--wait",
            "--scale",
            "exchange-worker=3",
        ),
        "exchange-worker",
    )

    assert len(stack.compose("ps", "--quiet", "exchange-worker").split()) == 3


def test_doctor_is_content(stack: Stack) -> None:
    administrator(stack)  # makes the key that doctor misses otherwise
    for service in SERVICES:
        said = eventually(partial(_doctor, stack, service), until=_is_content, within=120)
        assert "All is well." in said, said


def test_every_process_ends_within_its_grace(stack: Stack) -> None:
    stack.compose("stop", *PROCESSES)
    ids = stack.compose("ps", "--quiet", "--all", *PROCESSES).split()
    states = docker("inspect", "--format", "{{.Name}} {{.State.ExitCode}}", *ids)

    assert [line for line in states.splitlines() if not line.endswith(" 0")] == []


def _mebibytes(said: str) -> float:
    number, unit = re.fullmatch(r"([0-9.]+)([KMG]?i?B)", said).groups()  # type: ignore[union-attr]  # Docker's own form
    return float(number) * {"B": 2**-20, "KiB": 2**-10, "MiB": 1, "GiB": 2**10}[unit]


def _is_content(said: str) -> bool:
    return "All is well." in said


def _doctor(stack: Stack, service: str) -> str:
    return stack.compose(
        *(
            "run",
            "--rm",
            "--no-deps",
            "-T",
            "--entrypoint",
            "sh",
            f"{service}-web",
            "-c",
            "tongxing doctor; true",
        )
    )
