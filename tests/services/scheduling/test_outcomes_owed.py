"""Tasks of outcomes: for schools and people who owe one, for hosts who have to judge, closed when it is done."""

from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.scheduling.app import service
from services.scheduling.outcomes.commands import accept, hand_back, say_who_owes
from services.scheduling.outcomes.queries import task_states
from services.scheduling.programmes.model import Trainee
from services.scheduling.sessions.commands import release_session
from services.scheduling.sessions.model import Session
from shared.auth.states import keep_account
from shared.contracts.directory import AccountChanged
from shared.contracts.scheduling import SchedulingTask
from shared.db import Transaction
from shared.ids import uuid7
from tests.services.scheduling.company import do
from tests.services.scheduling.test_outcomes import OURS, given, programme
from tests.services.scheduling.world import GOLMUD, World, plan

SCHOOL, HOST = f"liaison@school:{GOLMUD}", "coordinator@region:632800"


def released(world: World, programme_id: UUID) -> None:
    session = world.drafted(plan(invited_schools=(GOLMUD,)))
    do(world, lambda tx: release_session(tx, session_id=session.id, scopes=OURS).id)
    do(world, lambda tx: tx.db.execute(sa.update(Session).values(programme_id=programme_id)).rowcount)  # type: ignore[attr-defined]


def waiting(world: World) -> dict[str, str]:
    """What waits for whom, by the first half of its sentence."""
    with world.runtime.database.reading() as db:
        return {each.audiences[0]: each.sentence_zh for each in task_states(db) if each.closed_at is None}


def test_who_owes_an_outcome_has_a_task_until_it_is_handed_in_and_the_host_until_it_is_accepted(
    either_world: World,
) -> None:
    world = either_world
    id_, (first, second, _) = programme(world)
    account = uuid7()
    with world.runtime.database.reading() as db:
        person = db.get_one(Trainee, first).person_id
    do(
        world,
        lambda tx: keep_account(
            tx,
            AccountChanged(account_id=account, version=1, enabled=True, grants=(), person_id=person),
        ),
    )
    do(world, say_who_owes)
    assert waiting(world) == {}  # nobody was told of the programme

    released(world, id_)
    do(world, say_who_owes)
    assert set(waiting(world)) == {SCHOOL, f"account:{account}"}
    assert "你校还有 2 人" in waiting(world)[SCHOOL]

    given(world, id_, first)
    assert set(waiting(world)) == {SCHOOL, HOST}
    assert ("你校还有 1 人" in waiting(world)[SCHOOL], "1 份成果" in waiting(world)[HOST]) == (True, True)
    do(world, lambda tx: len(accept(tx, programme_id=id_, trainees=[first], scopes=OURS)))
    given(world, id_, second)
    assert set(waiting(world)) == {HOST}

    do(world, lambda tx: hand_back(tx, programme_id=id_, trainee_id=second, reason="缺表", scopes=OURS).id)
    assert set(waiting(world)) == {SCHOOL}
    with world.runtime.database.reading() as db:
        before = {each.task_id: each.version for each in task_states(db)}
    do(world, say_who_owes)
    with world.runtime.database.reading() as db:
        assert {each.task_id: each.version for each in task_states(db)} == before  # said once


def test_after_a_restore_its_versions_go_on_from_what_was_said(world: World) -> None:
    id_, (first, *_) = programme(world)
    released(world, id_)
    do(world, say_who_owes)
    with world.runtime.database.reading() as db:
        [said] = task_states(db)
    adopt = service.adopt[SchedulingTask]

    def newer(tx: Transaction) -> None:
        adopt(tx, msgspec.structs.replace(said, version=7))

    do(world, newer)
    given(world, id_, first)
    with world.runtime.database.reading() as db:
        assert [each.version for each in task_states(db) if each.audiences == (SCHOOL,)] == [8]
