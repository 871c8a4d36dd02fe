"""A phone in a hall without a network: the page opens, the scan is kept, and counts once there is a network again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from services.scheduling.attendance.model import Presence
from services.scheduling.attendance.policies import scanned_code
from shared.auth.states import keep_account
from shared.contracts.directory import AccountChanged
from tests.journeys.office import free_port, until
from tests.journeys.test_people_in import PHONE
from tests.services.scheduling.test_attendance import HE, Hall
from tests.services.scheduling.world import DELINGHA, NOW, PLANNER, World

TEACHER = f"teacher@school:{DELINGHA}"


@contextmanager
def served(world: World, port: int) -> Iterator[None]:
    """The service answers at the port; outside, nobody does: as if there were no network."""
    server = make_server("127.0.0.1", port, world.app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """A class whose door is open, and a teacher of it who has an account."""
    world = World.make(tmp_path)
    found = Hall(world)
    teacher = AccountChanged(
        account_id=PLANNER, version=1, enabled=True, signed_out_before=None, ended_sessions=(), grants=(TEACHER,), person_id=HE
    )  # fmt: skip
    found.database.run(lambda tx: keep_account(tx, teacher), actor="service:test")
    yield found
    world.runtime.close()


@pytest.mark.timeout(90)
def test_a_scan_without_a_network_is_kept_and_sent_later(browser: Browser, hall: Hall) -> None:
    port = free_port()
    page_of = f"http://127.0.0.1:{port}/scheduling/check-in/{hall.door}"
    token = hall.world.client(TEACHER).get_cookie("tongxing")
    assert token is not None
    context = browser.new_context(locale="zh-CN", viewport=PHONE)
    context.clock.set_fixed_time(NOW)
    context.add_cookies([{"name": "tongxing", "value": token.value, "url": f"http://127.0.0.1:{port}"}])
    phone = context.new_page()
    with served(hall.world, port):
        phone.goto(page_of)
        expect(phone.get_by_label("大屏幕上的数字码")).to_be_visible()
        kept = "caches.open('check-in-1').then((cache) => cache.match(location.href)).then(Boolean)"
        until(lambda: bool(phone.evaluate(kept)), "the page is kept on the phone")

    phone.goto(f"{page_of}?code={scanned_code(hall.secret, hall.door, NOW)}")
    expect(phone.get_by_label("大屏幕上的数字码")).to_have_count(0)  # the code was scanned
    phone.get_by_role("button", name="签到").click()
    expect(phone.get_by_text("现在没有网络")).to_be_visible()

    def recorded() -> list[tuple[str, str]]:
        with hall.database.reading() as db:
            return [(row.state, row.how) for row in db.scalars(sa.select(Presence))]

    assert recorded() == []
    with served(hall.world, port):
        phone.evaluate("dispatchEvent(new Event('online'))")
        until(lambda: bool(recorded()), "what was kept has come")
    assert recorded() == [("present", "kept")]
    assert phone.evaluate("localStorage.getItem('kept')") is None
    context.close()
