"""Fixtures of the journeys: an office, and a browser in front of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.office import Office

CHROMIUM = "/usr/bin/chromium"

#: What a page shall show may take as long as a busy machine needs: how fast it is, benchmarks say.
expect.set_options(timeout=20_000)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office that was opened for the first time."""
    found = Office(tmp_path / "data").open()
    yield found
    found.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"There is no browser at {CHROMIUM}: apt install chromium.")
    with sync_playwright() as playwright:
        yield (
            found := playwright.chromium.launch(
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
            )
        )
        found.close()
