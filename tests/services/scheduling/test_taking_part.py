"""Taking part: both sides agree where a border is crossed, schools name people, who waits comes in by itself."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.scheduling.claims.model import Claim, Taken
from services.scheduling.invitations.commands.answering import agree, give_quota, limit_places, refuse
from services.scheduling.invitations.commands.inviting import invite, withdraw_invitation
from services.scheduling.invitations.model.subjects import Asker, Closed, Quota, Whom
from services.scheduling.places.commands.naming import decline, name_people, withdraw_place
from services.scheduling.places.model import Place
from services.scheduling.sessions.commands import cancel_session, move_session, revise_session
from shared.contracts.scheduling import (
    InvitationAnswered,
    InvitationOpened,
    InvitationPromoted,
    InvitationWithdrawn,
    SessionReleased,
    SessionRevised,
)
from shared.errors import Invalid, NotFound, Refusal
from tests.services.scheduling.company import (
    HOST,
    LIAISON,
    OWN_LIAISON,
    THERE,
    agreed,
    answer,
    do,
    invitation,
    limited,
    named_by,
    queue,
    released,
    said,
    staff,
    waiting,
)
from tests.services.scheduling.world import DELINGHA, END, GOLMUD, NOW, PARTNER, START, World, plan


def test_across_a_border_the_other_side_agrees_before_its_schools_hear(either_world: World) -> None:
    id_ = released(either_world)

    [told] = either_world.sent()
    assert isinstance(told, SessionReleased)
    assert told.invited_schools == [GOLMUD]
    opened = {each.region_code: each for each in said(either_world) if isinstance(each, InvitationOpened)}
    assert {region: (each.agreed, each.schools) for region, each in opened.items()} == {
        "632801": (True, [GOLMUD]),
        "520502": (False, [PARTNER]),
    }
    assert waiting(either_world) == ["invitations"]
    asked = answer(either_world, id_)
    with pytest.raises(NotFound):  # for the school it is not there yet
        do(either_world, lambda tx: decline(tx, answer_id=asked.id, reason="有课", asker=LIAISON))

    agreed(either_world, id_)

    revised = either_world.sent()[-1]
    assert isinstance(revised, SessionRevised)
    assert (revised.added_schools, [each.what for each in revised.changes]) == ((PARTNER,), ["schools"])
    assert set(either_world.now(id_).invited_schools) == {GOLMUD, PARTNER}
    assert either_world.now(id_).awaiting_schools == ()
    assert waiting(either_world) == []
    with pytest.raises(Refusal, match="was agreed to"):
        agreed(either_world, id_)


@pytest.mark.parametrize("stranger", [HOST, LIAISON, Asker(scopes=frozenset({"region:530000"}))])
def test_nobody_else_agrees_for_a_region(world: World, stranger: Asker) -> None:
    asked = invitation(world, released(world))

    with pytest.raises(NotFound):
        do(world, lambda tx: agree(tx, invitation_id=asked.id, asker=stranger))

    assert invitation(world, asked.enrolment_id).state == "asked"


def test_who_refuses_says_why_and_the_schools_never_hear(world: World) -> None:
    id_ = released(world)
    asked = invitation(world, id_)
    with pytest.raises(Invalid):
        do(world, lambda tx: refuse(tx, invitation_id=asked.id, reason="", asker=THERE))

    do(world, lambda tx: refuse(tx, invitation_id=asked.id, reason="与本区考试冲突", asker=THERE))

    last = said(world)[-1]
    assert isinstance(last, InvitationAnswered)
    assert (last.by, last.answer, last.reason) == ("region", "refused", "与本区考试冲突")
    assert (world.now(id_).awaiting_schools, len(world.sent()), waiting(world)) == ((), 1, [])


def test_a_change_of_the_plan_keeps_those_waiting_who_wait(world: World) -> None:
    id_ = released(world)

    do(world, lambda tx: move_session(tx, session_id=id_, occurrence=0, starts_at=START + timedelta(days=1), scopes=HOST.scopes))  # fmt: skip
    assert world.now(id_).awaiting_schools == (PARTNER,)
    assert PARTNER not in world.sent()[-1].invited_schools  # type: ignore[attr-defined]

    without = plan(invited_schools=(GOLMUD, DELINGHA))
    do(world, lambda tx: revise_session(tx, session_id=id_, plan=without, scopes=HOST.scopes))
    assert (world.now(id_).awaiting_schools, invitation(world, id_).state) == ((), "withdrawn")
    assert answer(world, id_, DELINGHA).state == "waiting"


def test_a_school_names_its_people_and_they_are_busy_then(either_world: World) -> None:
    id_ = released(either_world)
    people = staff(either_world, PARTNER, 3)
    agreed(either_world, id_)
    limited(either_world, id_, places=2)

    named_by(either_world, id_, people)

    assert queue(either_world, id_) == [("教师1", "in"), ("教师2", "in"), ("教师3", "waiting")]
    last = said(either_world)[-1]
    assert isinstance(last, InvitationAnswered)
    assert (last.answer, last.people, last.waiting) == ("named", 3, 1)
    with either_world.runtime.database.reading() as db:
        held = db.execute(sa.select(Claim.what, Claim.status, Claim.blocking).where(Claim.what.startswith("person:")))  # fmt: skip
        assert {tuple(row) for row in held} == {
            (f"person:{people[0]}", "confirmed", True),
            (f"person:{people[1]}", "confirmed", True),
            (f"person:{people[2]}", "pending", True),  # what is asked for keeps others out, too
        }
    other = released(either_world, schools=(PARTNER, GOLMUD), place="别处")
    agreed(either_world, other)
    with pytest.raises(Taken, match="教师3"):
        named_by(either_world, other, people[2:])


def test_the_next_in_order_comes_in_by_itself(either_world: World) -> None:
    id_ = released(either_world)
    people, own = staff(either_world, PARTNER, 3), staff(either_world, GOLMUD, 1)
    asked = agreed(either_world, id_)
    limited(either_world, id_, places=3)
    do(either_world, lambda tx: give_quota(tx, invitation_id=asked, quota=Quota(places=1), asker=HOST))
    named_by(either_world, id_, people)
    named_by(either_world, id_, own, school=GOLMUD, asker=OWN_LIAISON)
    # The quota of their own region holds two up, and not who stands behind them.
    assert [state for _, state in queue(either_world, id_)] == ["in", "waiting", "waiting", "in"]

    with either_world.runtime.database.reading() as db:
        first = db.scalars(sa.select(Place).where(Place.person_id == people[0])).one()
    do(either_world, lambda tx: withdraw_place(tx, place_id=first.id, asker=LIAISON))

    assert [state for _, state in queue(either_world, id_)] == ["withdrawn", "in", "waiting", "in"]
    [promoted] = [each for each in said(either_world) if isinstance(each, InvitationPromoted)]
    assert (promoted.school_id, promoted.person_ids) == (PARTNER, [people[1]])
    with either_world.runtime.database.reading() as db:
        held = set(db.scalars(sa.select(Claim.what).where(Claim.status == "confirmed", Claim.what.startswith("person:"))))  # fmt: skip
    assert held == {f"person:{people[1]}", f"person:{own[0]}"}

    do(either_world, lambda tx: give_quota(tx, invitation_id=asked, quota=Quota(), asker=HOST))
    assert [state for _, state in queue(either_world, id_)] == ["withdrawn", "in", "in", "in"]


def test_a_school_has_its_own_share_of_a_regions_places(world: World) -> None:
    id_ = released(world)
    asked = agreed(world, id_)
    do(world, lambda tx: give_quota(tx, invitation_id=asked, quota=Quota(places=5, school_places=1), asker=HOST))  # fmt: skip

    named_by(world, id_, staff(world, PARTNER, 2))

    assert [state for _, state in queue(world, id_)] == ["in", "waiting"]


def test_after_the_deadline_the_host_alone_enters_people_and_says_so(world: World) -> None:
    id_ = released(world)
    people = staff(world, PARTNER, 2)
    agreed(world, id_)
    limited(world, id_, deadline=NOW)
    asked = answer(world, id_)

    with pytest.raises(Closed) as late:
        named_by(world, id_, people)
    assert late.value.members() == {"possible": ["withdraw", "decline"]}
    with pytest.raises(Closed):
        do(world, lambda tx: name_people(tx, answer_id=asked.id, person_ids=people, asker=THERE))

    do(world, lambda tx: name_people(tx, answer_id=asked.id, person_ids=people, asker=HOST))
    assert queue(world, id_) == [("教师1", "in"), ("教师2", "in")]


def test_who_is_to_answer_by_a_day_has_it_among_what_waits(world: World) -> None:
    id_ = released(world)
    agreed(world, id_)
    assert waiting(world) == []

    limited(world, id_, deadline=NOW + timedelta(days=2))
    assert waiting(world) == ["answers", "answers"]

    named_by(world, id_, staff(world, PARTNER, 1))
    assert waiting(world) == ["answers"]

    own = answer(world, id_, GOLMUD)
    do(world, lambda tx: decline(tx, answer_id=own.id, reason="毕业班有考试", asker=OWN_LIAISON))
    assert waiting(world) == []
    assert (answer(world, id_, GOLMUD).state, answer(world, id_, GOLMUD).reason) == (
        "declined",
        "毕业班有考试",
    )


def test_what_was_declined_gives_the_places_back(world: World) -> None:
    id_ = released(world)
    agreed(world, id_)
    limited(world, id_, places=1)
    named_by(world, id_, staff(world, PARTNER, 1))
    named_by(world, id_, staff(world, GOLMUD, 1), school=GOLMUD, asker=OWN_LIAISON)
    asked = answer(world, id_)

    do(world, lambda tx: decline(tx, answer_id=asked.id, reason="临时有任务", asker=LIAISON))

    assert [state for _, state in queue(world, id_)] == ["withdrawn", "in"]


def test_only_people_of_the_school_can_be_named(world: World) -> None:
    id_ = released(world)
    agreed(world, id_)
    asked = answer(world, id_)

    for people in ([], staff(world, GOLMUD, 1)):
        with pytest.raises(Invalid):
            do(world, lambda tx, ids=people: name_people(tx, answer_id=asked.id, person_ids=ids, asker=LIAISON))  # type: ignore[misc]  # fmt: skip
    assert queue(world, id_) == []


def test_a_whole_region_is_invited_by_one_word(world: World) -> None:
    id_ = released(world, schools=(GOLMUD,))

    [made] = do(
        world,
        lambda tx: invite(
            tx, subject_id=id_, kind="session", whom=Whom(scope="region:520500"), asker=HOST, note="请支持"
        ),
    )

    assert (made.region_code, made.whom, made.schools, made.state) == ("520500", "region:520500", [PARTNER], "asked")  # fmt: skip
    assert world.now(id_).awaiting_schools == (PARTNER,)
    with pytest.raises(NotFound):  # a county does not answer for its prefecture
        do(world, lambda tx: agree(tx, invitation_id=made.id, asker=THERE))
    with pytest.raises(Refusal, match="invited already"):
        do(world, lambda tx: invite(tx, subject_id=id_, kind="session", whom=Whom(schools=(PARTNER,)), asker=HOST))  # fmt: skip
    do(world, lambda tx: agree(tx, invitation_id=made.id, asker=Asker(scopes=frozenset({"region:520000"}))))
    assert set(world.now(id_).invited_schools) == {GOLMUD, PARTNER}


def test_within_the_region_nobody_need_agree(world: World) -> None:
    id_ = released(world, schools=(GOLMUD,))

    do(
        world,
        lambda tx: invite(tx, subject_id=id_, kind="session", whom=Whom(schools=(DELINGHA,)), asker=HOST),
    )

    told = world.sent()[-1]
    assert isinstance(told, SessionRevised)
    assert told.added_schools == (DELINGHA,)


def test_an_invitation_that_is_withdrawn_frees_its_places(world: World) -> None:
    id_ = released(world)
    asked = agreed(world, id_)
    limited(world, id_, places=1)
    named_by(world, id_, staff(world, PARTNER, 1))
    named_by(world, id_, staff(world, GOLMUD, 1), school=GOLMUD, asker=OWN_LIAISON)

    do(world, lambda tx: withdraw_invitation(tx, invitation_id=asked, reason="场地有限", asker=HOST))

    assert [state for _, state in queue(world, id_)] == ["withdrawn", "in"]
    revised = world.sent()[-1]
    assert isinstance(revised, SessionRevised)
    assert revised.dropped_schools == (PARTNER,)
    with pytest.raises(NotFound):
        named_by(world, id_, staff(world, PARTNER, 1))


def test_a_cancelled_session_waits_for_nobody(world: World) -> None:
    id_ = released(world)
    limited(world, id_, deadline=NOW + timedelta(days=2))
    assert waiting(world) == ["answers", "invitations"]

    do(world, lambda tx: cancel_session(tx, session_id=id_, reason="道路结冰", scopes=HOST.scopes))

    assert waiting(world) == []
    last = said(world)[-1]
    assert isinstance(last, InvitationWithdrawn)
    assert (last.agreed, last.schools, last.reason) == (False, [PARTNER], "道路结冰")
    own = answer(world, id_, GOLMUD)
    with pytest.raises(Closed, match="cancelled"):
        do(world, lambda tx: decline(tx, answer_id=own.id, reason="x", asker=OWN_LIAISON))


def test_a_deadline_after_the_end_is_refused(world: World) -> None:
    id_ = released(world)

    with pytest.raises(Invalid):
        limited(world, id_, deadline=END + timedelta(hours=1))
    for places in (0, -1, 1_000_000):
        with pytest.raises(Invalid):
            do(world, lambda tx, n=places: limit_places(tx, subject_id=id_, kind="session", places=n, deadline=None, asker=HOST))  # type: ignore[misc]  # fmt: skip
