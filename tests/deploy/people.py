"""People in front of a started stack: they sign in by their links and use the pages and the API."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import requests

from tests.deploy.compose import Stack

T = TypeVar("T")


class Person(requests.Session):
    """A browser that is signed in."""

    def __init__(self, stack: Stack, link: str) -> None:
        """Use the link as the button on its page does."""
        super().__init__()
        self.base = stack.url
        self.ask("POST", "/sign-in/" + link.rpartition("/")[2], data={"next": "/"})

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        """The answer, which must be a good one."""
        answer = self.request(method, self.base + path, timeout=20, **more)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer


def administrator(stack: Stack) -> Person:
    """The administrator, by the link that operators get, once scheduling has the key that vouches for them."""
    printed = stack.compose("run", "--rm", "--no-deps", "-T", "directory-web", "directory", "link")
    person = Person(stack, printed.strip())

    def planning() -> int:
        return person.get(f"{stack.url}/scheduling/api/v1/sessions", timeout=20).status_code

    assert (
        eventually(planning, until=lambda status: status == requests.codes.ok, within=120)
        == requests.codes.ok
    )
    return person


def schools_of_haixi(person: Person) -> list[str]:
    """The ids of the schools of the region that hosts here: those of others would have to be agreed to first."""
    schools = person.ask("GET", "/directory/api/v1/schools").json()
    return [str(school["id"]) for school in schools if school["region_code"].startswith("6328")]


def liaison(stack: Stack, inviting: Person, school_id: str) -> Person:
    """The liaison of a school, by the link that the administrator hands out."""
    page = inviting.ask("POST", f"/directory/schools/{school_id}/links").text
    found = re.search(r"/sign-in/[\w-]{20,}", page)
    assert found, page
    return Person(stack, found[0])


def release(planner: Person, title: str, school_id: str) -> str:
    """Draft and release a session to which the school is invited; its id."""
    begins = datetime.now(tz=UTC).replace(microsecond=0) + timedelta(days=14)
    drafted = planner.ask(
        "POST",
        "/scheduling/api/v1/sessions",
        json={
            "title": title,
            "kind": "joint_research",
            "starts_at": begins.isoformat(),
            "ends_at": (begins + timedelta(hours=2)).isoformat(),
            "place": f"格尔木市第一中学 录播教室（{title}）",  # each its own: two cannot have one at once
            "invited_schools": [school_id],
            "host_region": "632800",
        },
    ).json()
    planner.ask("POST", f"/scheduling/api/v1/sessions/{drafted['id']}/release", json={})
    return str(drafted["id"])


def eventually(look: Callable[[], T], *, until: Callable[[T], bool], within: float) -> T:
    """What `look` answers once it is as wanted, or at the end of the time."""
    deadline = time.monotonic() + within
    while True:
        found = look()
        if until(found) or time.monotonic() > deadline:
            return found
        time.sleep(0.25)
