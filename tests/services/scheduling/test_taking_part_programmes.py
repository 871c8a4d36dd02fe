"""Programmes are filled as a whole: who has a place is on the roster, and busy while each session goes on."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.claims.model import Claim
from services.scheduling.invitations.commands.answering import limit_places
from services.scheduling.invitations.commands.inviting import invite
from services.scheduling.invitations.model.answer import Answer
from services.scheduling.invitations.model.invitation import Enrolment, Invitation
from services.scheduling.invitations.model.subjects import Whom
from services.scheduling.places.commands.naming import withdraw_place
from services.scheduling.places.model import Place
from services.scheduling.places.queries.people import participants
from services.scheduling.programmes.commands import draft_programme, release_programme
from services.scheduling.programmes.model import Outline
from services.scheduling.programmes.queries import roster_of
from services.scheduling.sessions.commands import adopt_task, draft_session, revise_session
from services.scheduling.sessions.model import Session
from shared.contracts.scheduling import (
    TASKS,
    InvitationOpened,
    SchedulingTask,
    SessionReleased,
    SessionRevised,
)
from shared.db import Transaction
from shared.errors import Refusal
from shared.ids import uuid7
from tests.services.scheduling.company import (
    HOST,
    LIAISON,
    OWN_LIAISON,
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
from tests.services.scheduling.world import DELINGHA, END, GOLMUD, HAIXI, NOW, PARTNER, START, World, plan

OURS = ["region:632800"]


def class_of_two(world: World, *, schools: tuple[UUID, ...] = (GOLMUD, PARTNER)) -> UUID:
    """A programme of two days that invites these schools; a draft."""
    id_ = uuid7()
    do(world, lambda tx: draft_programme(tx, id_=id_, outline=Outline(title="研修班"), host_region=HAIXI, scopes=OURS).id)  # fmt: skip
    for days in (0, 1):
        planned = plan(
            title=f"第 {days + 1} 天",
            starts_at=START + timedelta(days=days),
            ends_at=END + timedelta(days=days),
            invited_schools=schools,
        )
        do(world, lambda tx, p=planned: draft_session(tx, id_=uuid7(), plan=p, host_region=HAIXI, scopes=OURS, programme_id=id_).id)  # type: ignore[misc]  # fmt: skip
    return id_


def test_a_programme_asks_each_side_once_for_all_its_sessions(either_world: World) -> None:
    id_ = class_of_two(either_world)
    do(either_world, lambda tx: release_programme(tx, programme_id=id_, scopes=OURS))

    told = [each for each in either_world.sent() if isinstance(each, SessionReleased)]
    assert [each.invited_schools for each in told] == [[GOLMUD], [GOLMUD]]
    opened = [each for each in said(either_world) if isinstance(each, InvitationOpened)]
    assert sorted((each.region_code, each.agreed, each.programme_id) for each in opened) == [
        ("520502", False, id_),
        ("632801", True, id_),
    ]

    agreed(either_world, id_)
    assert [set(each.invited_schools) for each in either_world.sent()[-2:]] == [{GOLMUD, PARTNER}] * 2  # type: ignore[attr-defined]


def test_who_has_a_place_is_on_the_roster_and_who_waits_is_not(either_world: World) -> None:
    id_ = class_of_two(either_world)
    do(either_world, lambda tx: release_programme(tx, programme_id=id_, scopes=OURS))
    agreed(either_world, id_)
    do(either_world, lambda tx: limit_places(tx, subject_id=id_, kind="programme", places=1, deadline=None, asker=HOST))  # fmt: skip
    people = staff(either_world, PARTNER, 2)

    named_by(either_world, id_, people)

    def roster() -> list[tuple[str, str, str]]:
        with either_world.runtime.database.reading() as db:
            return [(each.name, each.unit, each.source) for each in roster_of(db, id_)]

    assert roster() == [("教师1", "七星关区第一中学", "school")]
    with either_world.runtime.database.reading() as db:
        held = db.execute(sa.select(Claim.what, Claim.status).where(Claim.what.startswith("person:"))).all()
        first = db.scalars(sa.select(Place).where(Place.person_id == people[0])).one()
    assert sorted(tuple(row) for row in held) == sorted(
        [(f"person:{people[0]}", "confirmed"), (f"person:{people[1]}", "pending")] * 2
    )

    do(either_world, lambda tx: withdraw_place(tx, place_id=first.id, asker=LIAISON))
    assert roster() == [("教师2", "七星关区第一中学", "school")]


def test_a_programme_that_is_a_draft_invites_nobody(world: World) -> None:
    id_ = class_of_two(world)

    with pytest.raises(Refusal, match="not released"):
        do(world, lambda tx: invite(tx, subject_id=id_, kind="programme", whom=Whom(schools=(PARTNER,)), asker=HOST))  # fmt: skip
    with world.runtime.database.reading() as db:
        assert db.scalars(sa.select(Invitation)).all() == []


def test_participants_are_who_has_a_place_and_no_other(world: World) -> None:
    id_ = released(world)
    agreed(world, id_)
    limited(world, id_, places=1)
    people = staff(world, PARTNER, 2)
    named_by(world, id_, people)

    with world.runtime.database.reading() as db:
        assert participants(db, id_) == [(people[0], "教师1", PARTNER)]


def test_naming_again_changes_nothing_and_who_comes_back_stands_last(world: World) -> None:
    id_ = released(world)
    agreed(world, id_)
    limited(world, id_, places=1)
    people = staff(world, PARTNER, 2)
    named_by(world, id_, people)
    named_by(world, id_, people)
    assert queue(world, id_) == [("教师1", "in"), ("教师2", "waiting")]

    with world.runtime.database.reading() as db:
        first = db.scalars(sa.select(Place).where(Place.person_id == people[0])).one()
    do(world, lambda tx: withdraw_place(tx, place_id=first.id, asker=LIAISON))
    named_by(world, id_, people[:1])

    assert queue(world, id_) == [("教师2", "in"), ("教师1", "waiting")]


def test_after_a_restore_tasks_go_on_from_where_they_were(world: World) -> None:
    id_ = released(world)
    agreed(world, id_)
    limited(world, id_, deadline=NOW + timedelta(days=2))
    asked, own = invitation(world, id_), answer(world, id_)
    newest = {each.link: each for each in world.sent(TASKS) if isinstance(each, SchedulingTask)}

    def restored(tx: Transaction, row: Invitation | Answer, link: str) -> bool:
        """The row as it was backed up, and then what was said of it since."""
        row.version = 1
        adopt_task(tx, newest[link])
        return row.version == newest[link].version

    def both(tx: Transaction) -> list[bool]:
        return [
            restored(tx, tx.load(Invitation, asked.id), f"/scheduling/invitations/{asked.id}"),
            restored(tx, tx.load(Answer, own.id), f"/scheduling/answers/{own.id}"),
        ]

    assert do(world, both) == [True, True]
    assert waiting(world) == ["answers", "answers"]
    named_by(world, id_, staff(world, GOLMUD, 1), school=GOLMUD, asker=OWN_LIAISON)
    assert waiting(world) == ["answers"]


def test_who_was_told_by_the_release_before_stays_told(world: World) -> None:
    id_ = released(world)

    def as_before(tx: Transaction) -> None:
        for table in (Answer, Invitation, Enrolment):
            tx.db.execute(sa.delete(table))
        session = tx.load(Session, id_)
        session.invited_schools, session.awaiting_schools = [GOLMUD, PARTNER], None

    do(world, as_before)
    revised = plan(title="新的名称", invited_schools=(GOLMUD, PARTNER))
    do(world, lambda tx: revise_session(tx, session_id=id_, plan=revised, scopes=OURS).id)

    told = world.sent()[-1]
    assert isinstance(told, SessionRevised)
    assert (set(told.invited_schools), told.dropped_schools) == ({GOLMUD, PARTNER}, ())
    assert invitation(world, id_).state == "open"


def test_who_is_invited_to_a_programme_by_itself_is_always_asked_to_name_people(world: World) -> None:
    id_ = class_of_two(world, schools=(GOLMUD,))
    do(world, lambda tx: release_programme(tx, programme_id=id_, scopes=OURS))
    assert waiting(world) == []

    do(world, lambda tx: invite(tx, subject_id=id_, kind="programme", whom=Whom(schools=(DELINGHA, PARTNER)), asker=HOST))  # fmt: skip
    assert waiting(world) == ["answers", "invitations"]

    agreed(world, id_)
    assert waiting(world) == ["answers", "answers"]
    named_by(world, id_, staff(world, PARTNER, 1))
    assert waiting(world) == ["answers"]
