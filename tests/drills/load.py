"""A planner who never rests: drafts, releases, and cancels every third session a little later."""

import itertools
import threading
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tests.deploy.people import Person
from tests.drills.count import CANCELLED, RELEASED, Sent
from tests.drills.pages import beside

#: Seconds from one session to the next: about five commands a second that schools are told of, or twelve.
PACE, HARD_PACE = 0.25, 0.1

_PATH = "/scheduling/api/v1/sessions"


class Load:
    """One thread against one address of ours. What is refused or not answered is not sent, and not tried again."""

    def __init__(self, planner: Person, *, schools: list[str], name: str, pace: float) -> None:
        """Nothing yet. name: what the sessions are called, with a number behind it."""
        self._browser, self._base = beside(planner), planner.base
        self._schools, self.name, self._pace = schools, name, pace
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go, name="load", daemon=True)
        self._to_cancel: deque[str] = deque()
        self.sent: list[Sent] = []
        self.refused: list[str] = []

    def begin(self) -> None:
        """Go on until `end`."""
        self._thread.start()

    def end(self) -> None:
        """Let the command that is on its way be answered, and stop."""
        self._ended.set()
        self._thread.join(timeout=60)
        if self._thread.is_alive():
            raise RuntimeError("The load does not end.")

    def _go(self) -> None:
        for number in itertools.count(1):
            begun = time.monotonic()
            self._plan_one(number)
            if self._ended.wait(max(0.0, self._pace - (time.monotonic() - begun))):
                return

    def _plan_one(self, number: int) -> None:
        begins = datetime.now(tz=UTC).replace(microsecond=0) + timedelta(days=14)
        plan = {
            "title": f"{self.name} {number}",
            "kind": "joint_research",
            "starts_at": begins.isoformat(),
            "ends_at": (begins + timedelta(hours=2)).isoformat(),
            "place": f"录播教室 {self.name} {number}",  # each its own: two sessions cannot have one at once
            "invited_schools": self._schools,
            "host_region": "632800",
        }
        drafted = self._ask(_PATH, plan)
        if drafted is None:
            return
        id_ = str(drafted["id"])
        if self._ask(f"{_PATH}/{id_}/release", {}) is None:
            return
        self.sent.append(Sent(id_, RELEASED))
        if number % 3 == 0:
            self._to_cancel.append(id_)
        if len(self._to_cancel) > 2:
            id_ = self._to_cancel.popleft()
            if self._ask(f"{_PATH}/{id_}/cancellation", {"reason": "演练"}) is not None:
                self.sent.append(Sent(id_, CANCELLED))

    def _ask(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """What was answered with success; None where it was not, which is noted."""
        try:
            answer = self._browser.post(self._base + path, json=body, timeout=15)
            if answer.ok:
                found: dict[str, Any] = answer.json()
                return found
            self.refused.append(f"{path} {answer.status_code} {answer.text[:200]}")
        except requests.RequestException as error:
            self.refused.append(f"{path} {type(error).__name__}")
        self._ended.wait(0.25)
        return None
