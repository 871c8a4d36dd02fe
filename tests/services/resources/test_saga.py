"""The borrowed room, as a saga of two services: asked, held, confirmed, moved, declined, lapsed, given back."""

from datetime import timedelta
from pathlib import Path

from services.resources.app import service as resources_service
from services.resources.bookings.commands.owning import agree
from services.resources.facilities.model.lending import Asker
from services.scheduling.app import service as scheduling_service
from services.scheduling.facilities.commands import give_back_facility, give_up_waiting
from services.scheduling.facilities.queries import task_states
from services.scheduling.sessions.commands import cancel_session, move_session, release_session
from shared.contracts.resources import FacilityChanged
from tests.builders import DELINGHA, house
from tests.services.resources.saga import OURS, START, Two, both


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
