"""Every command of docs/operations.md for compose, in the order of the page, on all of it."""

import os
from collections.abc import Iterator
from contextlib import suppress

import pytest
import requests

from tests.deploy.compose import FailedError, Stack, docker
from tests.deploy.people import Person, administrator, eventually, liaison, release, schools_of_haixi
from tests.operations.commands import blocks

BLOCKS = [block for block in blocks() if block.info == "sh compose"]

#: What `git pull` brings: the next version of notifications.
GIT = """#!/bin/sh
test "$*" = pull && sed --in-place 's/^version = "0.1.0"/version = "0.2.0"/' services/notifications/pyproject.toml
"""


@pytest.fixture(scope="module")
def operator(stack: Stack) -> Iterator[dict[str, str]]:
    """The environment of whoever sits in the clone; what they leave behind is taken away."""
    bin_ = stack.directory / "bin"
    bin_.mkdir()
    (bin_ / "git").write_text(GIT)
    (bin_ / "git").chmod(0o755)
    network = f"{stack.project}_default"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TONGXING_")}
    yield {
        **kept,
        **stack.settings,
        "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}",
        "COMPOSE_PROJECT_NAME": stack.project,
        "TONGXING_REVISION": "0123abcd",  # as the images that are there: nothing is built anew
        "BASE_URL": stack.url,
        "IMAGES": stack.settings["TONGXING_IMAGES"],
        "NETWORK": network,
        # The new host is this one, by the address that it has in the containers' network.
        "NEW_HOST": docker(
            "network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", network
        ).strip(),
        "SMTP_URL": "smtp://mail:1025",
    }
    (stack.directory / ".env").unlink(missing_ok=True)
    for left in (
        ("rm", "--force", "notifications-web", "notifications-worker"),
        ("volume", "rm", "notifications-data"),
        ("image", "rm", f"{stack.settings['TONGXING_IMAGES']}/notifications:0.2.0"),
    ):
        with suppress(FailedError):
            docker(*left)
    stack.up()


@pytest.fixture(scope="module")
def planner(stack: Stack) -> Person:
    return administrator(stack)


@pytest.mark.drill
@pytest.mark.timeout(900)  # two minutes on a machine that has nothing else to do
def test_the_page_from_top_to_bottom(stack: Stack, operator: dict[str, str], planner: Person) -> None:
    school_id = schools_of_haixi(planner)[0]
    school = liaison(stack, planner, school_id)
    release(planner, "先于一切的活动", school_id)
    assert eventually(lambda: told(school), until=bool, within=60) == ["先于一切的活动"]

    words = operator | {"KEY": signing_key(stack)}
    for block in BLOCKS:
        block.execute(directory=stack.directory, environment=words, within=300)

    for person in (
        planner,
        school,
    ):  # what the key signed that was taken out of use is renewed with the next page
        person.get(f"{stack.url}/notifications/", timeout=20)
    # Secrets changed, a database was put back, a service was upgraded, rolled back, moved away and back again.
    release(planner, "晚于一切的活动", school_id)
    titles = eventually(lambda: told(school), until=lambda found: len(found) > 1, within=60)
    assert sorted(titles) == ["先于一切的活动", "晚于一切的活动"]


def signing_key(stack: Stack) -> str:
    """The key that signs at first, and that the page replaces and then takes out of use."""
    (key,) = requests.get(f"{stack.url}/directory/.well-known/jwks.json", timeout=10).json()["keys"]
    return str(key["kid"])


def told(school: Person) -> list[str]:
    """The titles of ours that the school was told; none while its service is on its way up."""
    answer = school.get(f"{school.base}/notifications/api/v1/inbox", timeout=20)
    if not answer.ok:
        return []
    return [notice["title"] for notice in answer.json()["notices"] if notice["title"].endswith("一切的活动")]
