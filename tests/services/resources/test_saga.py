"""The borrowed room, as a saga of two services: whatever order events come in, and however often, both agree at the end."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.resources.app import service as resources_service
from services.resources.bookings.commands.owning import agree
from services.resources.bookings.commands.timing import lapse_overdue
from services.resources.bookings.model import BLOCKING, Booking
from services.resources.facilities.commands.keeping import keep_facility
from services.resources.facilities.model.facility import Terms
from services.resources.facilities.model.lending import Asker
from services.scheduling.app import service as scheduling_service
from services.scheduling.facilities.commands import (
    ask_for_facility,
    choose_instead,
    give_back_facility,
    give_up_waiting,
)
from services.scheduling.facilities.model import LIVE, FacilityRequest
from services.scheduling.facilities.queries import task_states
from services.scheduling.plans.model import Plan
from services.scheduling.sessions.commands import (
    cancel_session,
    draft_session,
    move_session,
    release_session,
)
from shared.contracts.resources import FacilityChanged
from shared.contracts.scheduling import FacilityGivenBack, FacilityRequested, SchedulingTask
from shared.db import Transaction
from shared.events.contract import Event
from shared.ids import named, uuid7
from tests.builders import DELINGHA, GOLMUD, House, house, three_schools

R = TypeVar("R")

START = datetime(2025, 6, 10, 2, 0, tzinfo=UTC)  # ten o'clock there, on a Tuesday
OURS = frozenset({"region:632800"})
EVERY_DAY = {str(day): "08:00-21:00" for day in range(7)}


@dataclass
class Two:
    """Both services, and what each has said that the other has not heard yet."""

    scheduling: House
    resources: House
    room: UUID
    heard: dict[str, int] = field(default_factory=lambda: {"scheduling": 0, "resources": 0})

    def do(self, at: House, work: Callable[[Transaction], R]) -> R:
        return at.database.run(work, actor="account:chen")

    def fresh(self) -> list[tuple[House, Event]]:
        """What was said since, and who is to hear it."""
        found: list[tuple[House, Event]] = []
        for name, one, other in (
            ("scheduling", self.scheduling, self.resources),
            ("resources", self.resources, self.scheduling),
        ):
            said = one.said()
            reactions = other.runtime.service.reactions
            found += [(other, event) for event in said[self.heard[name] :] if type(event) in reactions]
            self.heard[name] = len(said)
        return found

    def settle(self) -> None:
        """Let each hear the other until neither has anything left to say."""
        while waiting := self.fresh():
            for house_, event in waiting:
                house_.hear(event)

    def move(self, by: timedelta) -> None:
        self.scheduling.clock.move(by)
        self.resources.clock.move(by)

    def tick(self) -> None:
        self.do(self.scheduling, give_up_waiting)
        self.do(self.resources, lapse_overdue)

    def session(self, *, release: bool = True) -> UUID:
        plan = Plan.once(
            title="联合教研",
            kind="joint_research",
            starts_at=START,
            ends_at=START + timedelta(hours=2),
            place="录播室",
            link="",
            invited_schools=(GOLMUD,),
        )
        id_ = self.do(
            self.scheduling,
            lambda tx: draft_session(tx, id_=uuid7(), plan=plan, host_region="632800", scopes=OURS).id,
        )
        if release:
            # The same place as text at the same time would collide: what is tested is the room.
            self.do(
                self.scheduling,
                lambda tx: release_session(tx, session_id=id_, scopes=OURS, override="同一间录播室").id,
            )
        return id_

    def ask(self, session: UUID) -> UUID:
        return self.do(
            self.scheduling,
            lambda tx: (
                ask_for_facility(
                    tx, id_=uuid7(), session_id=session, occurrence=0, facility_id=self.room, scopes=OURS
                ).id
            ),
        )

    def request(self, id_: UUID) -> FacilityRequest:
        with self.scheduling.database.reading() as db:
            return db.scalars(sa.select(FacilityRequest).where(FacilityRequest.id == id_)).one()

    def tasks(self, request: UUID) -> list[SchedulingTask]:
        """What was said to wait because of a request."""
        return [
            each
            for each in self.scheduling.said()
            if isinstance(each, SchedulingTask) and each.link.endswith(f"#{request}")
        ]

    def booking(self, id_: UUID) -> Booking | None:
        with self.resources.database.reading() as db:
            return db.scalars(sa.select(Booking).where(Booking.id == id_)).one_or_none()

    def check(self) -> None:
        """Never two that block one room at one time."""
        with self.resources.database.reading() as db:
            rows = db.scalars(sa.select(Booking).where(Booking.blocking)).all()
        for one in rows:
            for other in rows:
                if one.id != other.id and one.facility_id == other.facility_id:
                    assert one.ends_at <= other.starts_at or other.ends_at <= one.starts_at

    def agree_at_the_end(self) -> None:
        """What one side has is what the other gives, attempt by attempt."""
        with self.scheduling.database.reading() as db:
            requests = db.scalars(sa.select(FacilityRequest)).all()
        for request in requests:
            booking = self.booking(request.id)
            assert booking is not None
            if request.state == "booked":
                assert (booking.state, booking.attempt, booking.starts_at) == (
                    "confirmed",
                    request.attempt,
                    request.starts_at,
                )
            elif request.state not in LIVE:
                assert booking.state not in BLOCKING, (request.state, booking.state)
            else:
                assert (request.state, booking.state) in {("asked", "requested"), ("held", "held")}


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    with (
        house(scheduling_service, tmp_path) as scheduling,
        house(resources_service, tmp_path) as resources,
    ):
        yield both(scheduling, resources, approval="automatic")


def both(scheduling: House, resources: House, *, approval: str) -> Two:
    for each in (scheduling, resources):
        each.hear(*three_schools())
    room = named("facility", "studio")
    terms = Terms(name="录播室", capacity=40, hours=EVERY_DAY, approval=approval)
    resources.database.run(
        lambda tx: keep_facility(tx, id_=room, school_id=DELINGHA, region_code="632802", terms=terms),
        actor="account:chen",
    )
    found = Two(scheduling, resources, room)
    found.settle()
    return found


def test_a_released_session_gets_the_room_by_itself(two: Two) -> None:
    request = two.ask(two.session())
    two.settle()

    assert two.request(request).state == "booked"
    two.agree_at_the_end()


def test_a_draft_is_held_for_and_takes_the_room_when_it_is_released(two: Two) -> None:
    session = two.session(release=False)
    request = two.ask(session)
    two.settle()
    assert two.request(request).state == "held"

    two.do(two.scheduling, lambda tx: release_session(tx, session_id=session, scopes=OURS).id)
    two.settle()

    assert two.request(request).state == "booked"


def test_a_hold_that_nobody_confirms_lapses(two: Two) -> None:
    request = two.ask(two.session(release=False))
    two.settle()

    two.move(timedelta(hours=49))
    two.tick()
    two.settle()

    assert two.request(request).state == "lapsed"
    two.agree_at_the_end()


def test_the_second_is_declined_with_what_can_be_had_instead(two: Two) -> None:
    first, second = two.ask(two.session()), two.ask(two.session())
    two.settle()

    assert two.request(first).state == "booked"
    declined = two.request(second)
    assert (declined.state, declined.reason_zh) == ("declined", "这段时间已被别人借用。")
    times = {offer["starts_at"] for offer in declined.offers}
    assert times == {"2025-06-10T04:00:00Z", "2025-06-10T00:00:00Z", "2025-06-10T04:30:00Z"} or len(times) > 1
    two.check()


def test_who_hosts_is_asked_to_do_something_about_a_lost_room_until_they_have(two: Two) -> None:
    two.ask(two.session())
    session = two.session(release=False)
    declined = two.ask(session)
    two.settle()
    waiting = two.tasks(declined)
    two.do(
        two.scheduling,
        lambda tx: (
            move_session(
                tx, session_id=session, occurrence=0, starts_at=START + timedelta(hours=4), scopes=OURS
            ).id
        ),
    )
    two.settle()  # what was declined is asked for again at the new time

    assert two.request(declined).state == "held"
    assert [(each.audiences, each.closed_at) for each in waiting] == [(("coordinator@region:632800",), None)]
    assert "录播室未借到" in waiting[0].sentence_zh
    closed = two.tasks(declined)[-1]
    assert closed.closed_at is not None

    two.move(timedelta(hours=49))
    two.tick()
    two.settle()
    assert two.tasks(declined)[-1].closed_at is None
    two.do(
        two.scheduling, lambda tx: give_back_facility(tx, request_id=declined, scopes=OURS).id
    )  # they do without
    assert two.tasks(declined)[-1].closed_at is not None
    with two.scheduling.database.reading() as db:
        assert list(task_states(db)) == [two.tasks(declined)[-1]]


def test_a_moved_session_moves_its_room_and_a_cancelled_one_frees_it(two: Two) -> None:
    session = two.session()
    request = two.ask(session)
    two.settle()
    later = START + timedelta(days=1)

    two.do(
        two.scheduling,
        lambda tx: move_session(tx, session_id=session, occurrence=0, starts_at=later, scopes=OURS).id,
    )
    two.settle()
    moved = two.booking(request)
    assert moved is not None
    assert (moved.state, moved.starts_at, moved.attempt) == ("confirmed", later, 2)

    two.do(two.scheduling, lambda tx: cancel_session(tx, session_id=session, reason="停课", scopes=OURS).id)
    two.settle()

    assert two.request(request).state == "given_back"
    two.agree_at_the_end()


def test_a_hold_after_the_time_out_is_released(tmp_path: Path) -> None:
    with (
        house(scheduling_service, tmp_path) as scheduling,
        house(resources_service, tmp_path) as resources,
    ):
        two = both(scheduling, resources, approval="owner")
        request = two.ask(two.session())
        two.settle()
        owner = Asker(frozenset(), frozenset({DELINGHA}))
        two.do(resources, lambda tx: agree(tx, booking_id=request, asker=owner).id)
        late = two.fresh()  # held, and on its way for too long
        scheduling.clock.move(timedelta(hours=49))
        two.do(scheduling, give_up_waiting)

        for house_, event in late:
            house_.hear(event)
        two.settle()

        assert two.request(request).state == "timed_out"
        two.agree_at_the_end()


def test_requested_and_given_back_in_any_order_and_doubled_leave_the_room_free(two: Two) -> None:
    session = two.session()
    for order in sorted(set(permutations((0, 0, 1, 1)))):
        id_ = uuid7()
        asked = FacilityRequested(
            version=1,
            request_id=id_,
            attempt=1,
            facility_id=two.room,
            session_id=session,
            title="联合教研",
            starts_at=START,
            ends_at=START + timedelta(hours=1),
            answer_by=START,
            region_code="632800",
        )
        back = FacilityGivenBack(
            version=2, request_id=id_, attempt=1, facility_id=two.room, session_id=session
        )
        for which in order:
            two.resources.hear((asked, back)[which])
        booking = two.booking(id_)
        assert booking is not None
        assert booking.state == "withdrawn"


@pytest.mark.parametrize("seed", range(12))
def test_whatever_order_events_come_in_both_agree_and_no_room_is_booked_twice(
    tmp_path: Path, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311  a test's dice
    with (
        house(scheduling_service, tmp_path) as scheduling,
        house(resources_service, tmp_path) as resources,
    ):
        two = both(scheduling, resources, approval="automatic" if seed % 3 else "owner")
        owner = Asker(frozenset({"region:632800"}))
        sessions = [two.session(release=bool(number % 2)) for number in range(3)]
        requests = [two.ask(session) for session in sessions]
        waiting: list[tuple[House, Event]] = []
        for _ in range(40):
            waiting += two.fresh()
            step = dice.random()
            if waiting and step < 0.7:
                number = dice.randrange(len(waiting))
                house_, event = waiting[number] if dice.random() < 0.25 else waiting.pop(number)
                house_.hear(event)
            elif step < 0.76:
                two.move(timedelta(hours=dice.choice((1, 30))))
                two.tick()
            elif step < 0.84:
                attempted(two, lambda tx: agree(tx, booking_id=dice.choice(requests), asker=owner), resources)
            elif step < 0.9:
                session, at = dice.choice(sessions), START + timedelta(hours=dice.choice((0, 1, 3)))
                attempted(
                    two,
                    partial(move_session, session_id=session, occurrence=0, starts_at=at, scopes=OURS),
                    scheduling,
                )
            elif step < 0.95:
                attempted(
                    two,
                    lambda tx: choose_instead(
                        tx, request_id=dice.choice(requests), facility_id=two.room, scopes=OURS
                    ),
                    scheduling,
                )
            else:
                attempted(
                    two,
                    lambda tx: cancel_session(
                        tx, session_id=dice.choice(sessions), reason="停课", scopes=OURS
                    ),
                    scheduling,
                )
            two.check()
        for house_, event in dice.sample(waiting, len(waiting)):
            house_.hear(event)
            two.check()
        two.settle()
        two.check()
        two.agree_at_the_end()


def attempted(two: Two, work: Callable[[Transaction], object], at: House) -> None:
    """Do what may be refused: then nothing has happened."""
    from shared.errors import TongxingError  # noqa: PLC0415

    try:
        two.do(at, lambda tx: (work(tx), None)[1])
    except TongxingError:
        return


def test_a_facility_is_known_by_its_newest_state(two: Two) -> None:
    old = FacilityChanged(
        facility_id=two.room,
        version=1,
        name="旧",
        kind="studio",
        school_id=DELINGHA,
        region_code="632802",
        capacity=1,
    )
    two.scheduling.hear(old)
    request = two.ask(two.session())
    assert two.request(request).facility_name == "录播室"
