"""What a scrape reads of deliveries, by kind of channel, on both databases."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from services.notifications.app import service
from services.notifications.deliveries.model import Delivery
from shared.observe.metrics import DELIVERIES, DELIVERIES_OLDEST_DUE_SECONDS
from tests.builders import House
from tests.services.notifications.channels_of import add
from tests.services.notifications.sending import tell


def read(post: House) -> dict[tuple[str, ...], float]:
    assert service.gauges
    readings = service.gauges(post.runtime)
    assert {each.gauge for each in readings} == {DELIVERIES, DELIVERIES_OLDEST_DUE_SECONDS}
    return {each.labels: each.value for each in readings}


def test_what_waits_is_late_or_in_doubt_is_counted_by_channel(post: House) -> None:
    assert set(read(post).values()) == {0.0}  # every kind stands at 0 from the start
    add(post)
    add(post, "wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcdef")
    for number in range(3):
        tell(post, number=number)
    with post.database.begin() as db:
        robots = sa.select(Delivery.id).where(Delivery.endpoint.contains("weixin"))
        one, *_ = db.scalars(robots).all()
        db.execute(sa.update(Delivery).where(Delivery.id == one).values(state="in_doubt"))
    post.clock.move(timedelta(minutes=20))

    found = read(post)
    assert (found["email", "waiting"], found["wecom", "waiting"], found["wecom", "in_doubt"]) == (3, 2, 1)
    assert found["wecom",] == timedelta(minutes=20).total_seconds()
    assert found["email",] == 0  # this office has no mail server: its mails wait, and are not late
    post.runtime.settings = replace(post.runtime.settings, smtp_url="smtp://mail.example")
    assert read(post)["email",] == timedelta(minutes=20).total_seconds()
