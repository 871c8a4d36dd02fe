"""Somebody who opens a page of each service every second, all the while."""

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass

import requests

from tests.deploy.people import Person

PAGES = {
    "directory": "/",
    "scheduling": "/scheduling/",
    "exchange": "/exchange/",
    "resources": "/resources/",
    "notifications": "/notifications/",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What a page answered: 0 for no answer at all. seconds: how long that took."""

    service: str
    status: int
    seconds: float


class Reader:
    """One thread; pages are read without following what they redirect to."""

    def __init__(self, person: Person) -> None:
        """Nothing yet."""
        self._browser, self._base = beside(person), person.base
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go, name="pages", daemon=True)
        self.looks: list[Look] = []

    def begin(self) -> None:
        """Go on until `end`."""
        self._thread.start()

    def end(self) -> None:
        """Stop after the page that is being read."""
        self._ended.set()
        self._thread.join(timeout=60)

    def failed(self, besides: Collection[str]) -> list[Look]:
        """Every look that was not answered as it should be, at services other than these."""
        return [
            look for look in self.looks if look.status != requests.codes.ok and look.service not in besides
        ]

    def unanswered(self) -> list[str]:
        """The services whose page does not answer at this moment."""
        return [service for service in PAGES if self._look_at(service).status != requests.codes.ok]

    def _look_at(self, service: str) -> Look:
        begun = time.monotonic()
        try:
            answer = self._browser.get(self._base + PAGES[service], timeout=10, allow_redirects=False)
        except requests.RequestException:
            return Look(service, 0, time.monotonic() - begun)
        return Look(service, answer.status_code, time.monotonic() - begun)

    def _go(self) -> None:
        while True:
            begun = time.monotonic()
            for service in PAGES:
                self.looks.append(self._look_at(service))
                if self._ended.is_set():
                    return
            if self._ended.wait(max(0.0, 1 - (time.monotonic() - begun))):
                return


def beside(person: Person) -> requests.Session:
    """A second browser of the same person: sessions of `requests` do not serve two threads."""
    browser = requests.Session()
    browser.trust_env = False
    browser.cookies.update(person.cookies)
    return browser
