"""The borrowed room under fire: whatever order events come in, however often, and whoever dies, both agree at the end."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import permutations
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.resources.app import service as resources_service
from services.resources.bookings.commands.owning import agree
from services.resources.bookings.model import Booking
from services.resources.facilities.model.lending import Asker
from services.scheduling.app import service as scheduling_service
from services.scheduling.facilities.commands import choose_instead
from services.scheduling.sessions.commands import cancel_session, move_session, release_session
from shared.contracts.resources import BookingReleased
from shared.contracts.scheduling import FacilityGivenBack, FacilityRequested
from shared.db import Cause, Transaction
from shared.events.contract import Event
from shared.ids import uuid7
from tests.builders import House, house
from tests.services.resources.saga import OURS, START, Two, both


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


class PowerCut(Exception):
    """The worker is killed before it commits."""


def dies(house_: House, event: Event) -> None:
    """The worker that answers the event is killed in the last moment: nothing of it stays."""
    runtime = house_.runtime
    cause = Cause(str(uuid7()), runtime.service.name, house_.clock())
    with suppress(PowerCut), house_.database.begin() as db:
        tx = Transaction(
            db=db, now=house_.clock(), actor=runtime.service.actor, emitter=runtime.emitter, cause=cause
        )
        runtime.service.reactions[type(event)](tx, event)
        db.flush()
        raise PowerCut


@pytest.mark.parametrize("approval", ["automatic", "owner"])
def test_workers_of_both_sides_killed_at_every_step_leave_one_booking_and_no_hold_behind(
    tmp_path: Path, approval: str
) -> None:
    owner = Asker(frozenset({"region:632800"}))
    with (
        house(scheduling_service, tmp_path) as scheduling,
        house(resources_service, tmp_path) as resources,
    ):
        two = both(scheduling, resources, approval=approval)

        def settle() -> None:
            while waiting := two.fresh():
                for house_, event in waiting:
                    dies(house_, event)
                    dies(house_, event)
                    house_.hear(event)
                    house_.hear(event)  # killed after its commit, before it told the broker
                    two.check()

        def answered() -> None:
            settle()
            if approval == "owner":
                two.do(resources, lambda tx: agree(tx, booking_id=request, asker=owner).id)
                settle()

        session = two.session(release=False)
        request = two.ask(session)
        answered()
        two.do(scheduling, lambda tx: release_session(tx, session_id=session, scopes=OURS).id)
        answered_by_release = two.request(request).state
        settle()
        later = START
        for hours in (3, 5):
            later = START + timedelta(hours=hours)
            two.do(
                scheduling,
                lambda tx, later=later: (
                    move_session(  # type: ignore[misc]
                        tx, session_id=session, occurrence=0, starts_at=later, scopes=OURS
                    ).id
                ),
            )
            answered()

        moved = two.booking(request)
        assert moved is not None
        assert answered_by_release == "confirming"
        assert (moved.state, moved.attempt, moved.starts_at) == ("confirmed", 3, later)
        with resources.database.reading() as db:
            assert db.scalars(sa.select(Booking.id).where(Booking.blocking)).all() == [request]

        two.do(scheduling, lambda tx: cancel_session(tx, session_id=session, reason="停课", scopes=OURS).id)
        settle()
        given = [each for each in resources.said() if isinstance(each, BookingReleased)]
        assert [(each.attempt, each.cause) for each in given] == [(3, "given_back")]
        with resources.database.reading() as db:
            assert db.scalars(sa.select(Booking.id).where(Booking.blocking)).all() == []
