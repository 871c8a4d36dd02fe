"""Bookings: no two at one time whoever hurries, what is refused says why, and what the owner does is kept."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.resources.bookings.commands.asking import Taken, Wish, book, withdraw
from services.resources.bookings.commands.owning import agree, decline, hand_over, take_away, take_back
from services.resources.bookings.commands.timing import lapse_overdue, release_unused
from services.resources.bookings.model import Booking
from services.resources.facilities.model.lending import Asker
from shared.contracts.resources import BookingReleased, ResourcesTask
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.ids import named, uuid7
from tests.builders import DELINGHA, GOLMUD, PARTNER, House
from tests.services.resources.conftest import OTHER, ROOM, lend

CLIENTS = 50
CHEN, HE = (f"account:{named('test', name)}" for name in ("chen", "he"))
START = datetime(2025, 6, 10, 2, 0, tzinfo=UTC)  # ten o'clock there, on a Tuesday
BORROWER, OWNER = Asker(frozenset(), frozenset({GOLMUD})), Asker(frozenset(), frozenset({DELINGHA}))
ABROAD, REGION = Asker(frozenset(), frozenset({PARTNER})), Asker(frozenset({"region:632800"}))


def wish(
    *, at: datetime = START, hours: float = 2, people: int = 30, room: UUID = ROOM, school: UUID = GOLMUD
) -> Wish:
    return Wish(
        request_id=uuid7(),
        facility_id=room,
        title="录课",
        starts_at=at,
        ends_at=at + timedelta(hours=hours),
        region_code="632801",
        school_id=school,
        people=people,
    )


def booked(house: House, wanted: Wish, asker: Asker = BORROWER) -> UUID:
    return house.database.run(lambda tx: book(tx, wish=wanted, asker=asker).id, actor=CHEN)


def did(house: House, work: Callable[[Transaction], Booking]) -> str:
    return house.database.run(lambda tx: work(tx).state, actor=HE)


def test_of_fifty_that_want_one_room_at_one_time_exactly_one_gets_it(either: House) -> None:
    lend(either)
    gate = Barrier(CLIENTS)

    def go(number: int) -> object:
        gate.wait(timeout=30)
        wanted = wish(at=START + timedelta(minutes=number % 7))
        try:
            return booked(either, wanted)
        except Taken as taken:
            return taken

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(go, range(CLIENTS)))

    [winner] = [answer for answer in answers if not isinstance(answer, Taken)]
    assert all(answer.offers for answer in answers if isinstance(answer, Taken))
    with either.database.reading() as db:
        assert db.scalars(sa.select(Booking.id).where(Booking.blocking)).all() == [winner]


@pytest.mark.parametrize("either", ["postgres"], indirect=True)
def test_postgresql_itself_lets_no_two_overlap_whoever_writes_them(either: House) -> None:
    lend(either)
    first = booked(either, wish())
    second = booked(either, wish(at=START + timedelta(hours=2)))

    with pytest.raises(sa.exc.IntegrityError, match="no_two_at_once"), either.database.engine.begin() as sql:
        sql.execute(sa.update(Booking).where(Booking.id == second).values(starts_at=START))
    with either.database.engine.begin() as sql:
        sql.execute(sa.update(Booking).where(Booking.id == first).values(blocking=False))
        sql.execute(sa.update(Booking).where(Booking.id == second).values(starts_at=START))


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (wish(at=datetime(2025, 6, 2, 2, 0, tzinfo=UTC)), "这个时间已经过去"),
        (wish(at=datetime(2025, 6, 3, 2, 0, tzinfo=UTC)), "至少要提前 2 小时"),
        (wish(at=START + timedelta(hours=7)), "当天开放 08:00-18:00"),
        (wish(at=START - timedelta(hours=3)), "当天开放 08:00-18:00"),
        (wish(hours=30), "最多借一天"),
        (wish(hours=-1), "结束时间要晚于开始时间"),
        (wish(people=41), "只能容纳 40 人"),
        (wish(at=START + timedelta(days=2)), "这一天不开放"),
        (wish(at=START + timedelta(days=4)), "周六不开放"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(lender: House, wanted: Wish, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        booked(lender, wanted)
    assert says in refused.value.sentence.zh


def test_the_owner_agrees_hands_over_and_takes_back_and_all_of_it_is_kept(lender: House) -> None:
    id_ = booked(lender, wish())
    [task] = [each for each in lender.said() if isinstance(each, ResourcesTask)]
    assert (task.audiences, task.closed_at) == ((f"liaison@school:{DELINGHA}",), None)

    states = [
        did(lender, lambda tx: agree(tx, booking_id=id_, asker=OWNER)),
        did(lender, lambda tx: hand_over(tx, booking_id=id_, remark="钥匙一把", asker=OWNER)),
        did(lender, lambda tx: take_back(tx, booking_id=id_, remark="完好", asker=OWNER)),
    ]

    assert states == ["confirmed", "handed_over", "returned"]
    with lender.database.reading() as db:
        log = db.scalars(sa.select(Booking.log)).one()
    assert [(step["what"], step["remark"]) for step in log] == [
        ("requested", ""),
        ("held", ""),
        ("confirmed", ""),
        ("handed_over", "钥匙一把"),
        ("returned", "完好"),
    ]
    assert [each for each in lender.said() if isinstance(each, ResourcesTask)][-1].closed_at is not None


def test_across_a_border_the_owners_region_agrees_after_the_owner(lender: House) -> None:
    id_ = booked(lender, wish(school=PARTNER), ABROAD)

    assert did(lender, lambda tx: agree(tx, booking_id=id_, asker=OWNER)) == "requested"
    with pytest.raises(Forbidden):
        did(lender, lambda tx: agree(tx, booking_id=id_, asker=OWNER))
    task = [each for each in lender.said() if isinstance(each, ResourcesTask)][-1]
    assert task.audiences == ("coordinator@region:632802",)
    assert did(lender, lambda tx: agree(tx, booking_id=id_, asker=REGION)) == "confirmed"


def test_a_request_blocks_until_it_is_declined_and_nobody_else_may_decide(lender: House) -> None:
    id_ = booked(lender, wish())
    with pytest.raises(Taken):
        booked(lender, wish())
    with pytest.raises(Forbidden):
        did(lender, lambda tx: decline(tx, booking_id=id_, reason="有课", asker=BORROWER))
    with pytest.raises(NotFound):
        did(lender, lambda tx: decline(tx, booking_id=id_, reason="有课", asker=ABROAD))
    with pytest.raises(Invalid):
        did(lender, lambda tx: decline(tx, booking_id=id_, reason="", asker=OWNER))

    assert did(lender, lambda tx: decline(tx, booking_id=id_, reason="有课", asker=OWNER)) == "declined"

    booked(lender, wish())


def test_who_does_not_come_loses_the_room_once_the_time_has_begun(lender: House) -> None:
    id_ = booked(lender, wish(room=OTHER))
    with pytest.raises(Refusal):
        did(lender, lambda tx: take_away(tx, booking_id=id_, reason="", no_show=True, asker=OWNER))
    lender.clock.now = START + timedelta(minutes=20)

    state = did(lender, lambda tx: take_away(tx, booking_id=id_, reason="", no_show=True, asker=OWNER))

    assert state == "released"


def test_what_nobody_answers_lapses_and_what_is_withdrawn_is_free(lender: House) -> None:
    asked, yielded = booked(lender, wish()), booked(lender, wish(room=OTHER))
    assert did(lender, lambda tx: withdraw(tx, booking_id=yielded, asker=BORROWER)) == "withdrawn"
    lender.clock.now = START

    lender.database.run(lapse_overdue, actor="service:resources")

    with lender.database.reading() as db:
        states = {row.id: row.state for row in db.execute(sa.select(Booking.id, Booking.state))}
    assert states == {asked: "lapsed", yielded: "withdrawn"}


def test_what_nobody_takes_over_in_time_is_free_by_itself_and_told_once(either: House) -> None:
    lend(either, no_show=15)
    lend(either, OTHER, name="演播厅")
    missed, kept = booked(either, wish()), booked(either, wish(room=OTHER))
    taken = booked(either, wish(at=START + timedelta(hours=3)))
    did(either, lambda tx: hand_over(tx, booking_id=taken, remark="钥匙", asker=OWNER))

    for minutes in (14, 15, 16, 300):
        either.clock.now = START + timedelta(minutes=minutes)
        either.database.run(release_unused, actor="service:resources")

    told = [each for each in either.said() if isinstance(each, BookingReleased)]
    assert [(each.request_id, each.cause) for each in told] == [(missed, "no_show")]
    with either.database.reading() as db:
        states = {row.id: row.state for row in db.execute(sa.select(Booking.id, Booking.state))}
        [step] = db.scalars(sa.select(Booking.log).where(Booking.id == missed)).one()[-1:]
    assert states == {missed: "released", kept: "confirmed", taken: "handed_over"}
    assert step["at"] == (START + timedelta(minutes=15)).isoformat()
