"""Queueing: one row for every notice, recipient and channel, as each of them chose."""

from datetime import timedelta

import sqlalchemy as sa

from services.notifications.deliveries.commands import queue
from services.notifications.deliveries.commands.queueing import AT_ONCE, queue_some, stepwise
from services.notifications.deliveries.model import Delivery, FanOut
from services.notifications.preferences.model import Day, Preference, Quiet
from shared.contracts.directory import GroupChanged, RegionChanged
from shared.ids import named
from shared.jobs import JobRunner
from tests.builders import DELINGHA, GOLMUD, PARTNER, House
from tests.services.notifications.channels_of import LIAISON, add, writing


def rows(post: House) -> list[Delivery]:
    with post.database.reading() as db:
        return list(db.scalars(sa.select(Delivery).order_by(Delivery.recipient, Delivery.endpoint)))


def told(post: House, *recipients: str, class_name: str = "invitation", number: int = 1) -> None:
    letter = writing(class_name, number)
    post.database.run(
        lambda tx: queue(tx, letter=letter, recipients=recipients or [LIAISON]), actor="service:test"
    )


def keep(post: House, *things: object) -> None:
    post.database.run(lambda tx: tx.db.add_all(things), actor="account:test")


def test_every_channel_has_its_row_and_nobody_a_second_one(post: House) -> None:
    mail, hook = add(post), add(post, "webhook", "https://hooks.golmud.example/in")
    add(post, address="office@delingha.example", owner=f"school:{DELINGHA}")

    for _ in range(2):
        told(post, LIAISON, LIAISON, f"school:{DELINGHA}", f"school:{PARTNER}")

    found = rows(post)
    assert len(found) == 3
    mine = {row.channel_id: row for row in found if row.school_id == GOLMUD}
    assert set(mine) == {mail.id, hook.id}
    assert {row.state for row in found} == {"queued"}
    assert {row.layer for row in found} == {"mandatory"}
    assert {row.due_at for row in found} == {post.clock()}


def test_what_a_school_turned_off_is_logged_and_a_mandatory_class_cannot_be(post: House) -> None:
    add(post)
    keep(
        post,
        *(
            Preference(owner=LIAISON, class_name=name, kind="email", mode="off")
            for name in ("reminder", "cancellation")
        ),
    )

    told(post, class_name="reminder", number=1)
    told(post, class_name="cancellation", number=2)

    assert {(row.notice_id, row.state, row.reason, row.layer) for row in rows(post)} == {
        (named("test.notice", "1"), "skipped", "preference", LIAISON),
        (named("test.notice", "2"), "queued", "", "mandatory"),
    }


def test_the_school_goes_before_its_group_and_the_group_before_the_class(post: House) -> None:
    group = named("group", "haixi")
    post.hear(
        GroupChanged(
            group_id=group, version=1, name="海西教育集团", lead_school_id=GOLMUD, member_ids=(DELINGHA,)
        )
    )
    add(post)
    add(post, address="office@delingha.example", owner=f"school:{DELINGHA}")
    keep(
        post,
        Preference(owner=f"group:{group}", class_name="exchange", kind="email", mode="off"),
        Preference(owner=LIAISON, class_name="exchange", kind="email", mode="on"),
    )

    told(post, LIAISON, f"school:{DELINGHA}", class_name="exchange")

    found = {row.recipient: (row.state, row.layer) for row in rows(post)}
    assert found == {
        LIAISON: ("queued", LIAISON),
        f"school:{DELINGHA}": ("skipped", f"group:{group}"),
    }


def test_quiet_hours_hold_in_the_zone_of_the_region_and_know_make_up_workdays(post: House) -> None:
    post.hear(RegionChanged(code="632801", version=1, name="格尔木市", level="county", zone="Asia/Urumqi"))
    add(post)
    keep(
        post,
        Quiet(owner=LIAISON, starts=21 * 60, ends=8 * 60, days_off=True, digest_at=17 * 60),
        Day(day="2025-06-07", works=True, name="调休"),
    )
    post.clock.move(timedelta(days=3, hours=15))  # Friday 6 June 2025, 16:00 UTC: 22:00 in Ürümqi

    told(post, class_name="announcement", number=1)
    told(post, class_name="cancellation", number=2)

    held, urgent = (next(r for r in rows(post) if r.notice_id == named("test.notice", n)) for n in ("1", "2"))
    assert (held.state, held.reason) == ("queued", "quiet")
    assert held.due_at.isoformat() == "2025-06-07T02:00:00+00:00"  # Saturday, 08:00 there: people work
    assert urgent.due_at == post.clock()


def test_a_digest_waits_for_its_hour(post: House) -> None:
    add(post)
    keep(post, Preference(owner=LIAISON, class_name="announcement", kind="email", mode="digest"))

    told(post, class_name="announcement")

    (row,) = rows(post)
    assert (row.state, row.due_at.isoformat()) == ("digest", "2025-06-03T09:00:00+00:00")


def test_many_are_queued_by_a_job_in_parts(post: House) -> None:
    add(post)
    crowd = [f"school:{named('school', str(number))}" for number in range(AT_ONCE)]

    told(post, *crowd, LIAISON)

    assert rows(post) == []
    runner = JobRunner(
        post.database, {"deliveries.fan-out": stepwise(queue_some)}, service="notifications", owner="test"
    )
    while runner.step():
        pass
    assert [row.recipient for row in rows(post)] == [LIAISON]
    with post.database.reading() as db:
        assert db.scalars(sa.select(FanOut)).all() == []
