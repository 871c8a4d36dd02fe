"""Recalling what was released by mistake: who hears of it, and what is left of it."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.attendance.model import CheckIn, Presence
from services.scheduling.claims.model import Claim
from services.scheduling.invitations.model.answer import Answer
from services.scheduling.invitations.model.invitation import Invitation
from services.scheduling.programmes.commands import draft_programme, recall_programme, release_programme
from services.scheduling.programmes.model import Outline
from services.scheduling.sessions.commands import (
    draft_session,
    hold_session,
    postpone_session,
    recall_session,
    release_session,
    revise_session,
)
from services.scheduling.sessions.queries import SessionRow
from shared.contracts.scheduling import SessionRecalled, SessionReleased
from shared.db import Transaction
from shared.errors import Invalid, Refusal, Stale
from shared.ids import uuid7
from tests.services.scheduling.world import DELINGHA, END, GOLMUD, HAIXI, NOW, START, World, plan

OURS = ["region:632800"]
WHY = "时间写错了"


def run(world: World, work: object) -> object:
    return world.runtime.database.run(work, actor="account:1")  # type: ignore[arg-type]  # tests' lambdas


def released(world: World) -> SessionRow:
    drafted = world.drafted()
    run(world, lambda tx: release_session(tx, session_id=drafted.id, scopes=OURS))
    return world.now(drafted.id)


def recall(world: World, id_: UUID, *, reason: str = WHY, seen: int | None = None) -> None:
    run(world, lambda tx: recall_session(tx, session_id=id_, reason=reason, scopes=OURS, seen=seen))


def programme_of_two(world: World) -> tuple[UUID, list[UUID]]:
    id_, sessions = uuid7(), [uuid7(), uuid7()]

    def work(tx: Transaction) -> None:
        draft_programme(tx, id_=id_, outline=Outline(title="研修班"), host_region=HAIXI, scopes=OURS)
        for number, each in enumerate(sessions):
            when = timedelta(days=number)
            planned = plan(
                title=f"第 {number + 1} 讲",
                starts_at=START + when,
                ends_at=END + when,
                invited_schools=(GOLMUD, DELINGHA),
            )
            draft_session(tx, id_=each, plan=planned, host_region="", scopes=OURS, programme_id=id_)
        release_programme(tx, programme_id=id_, scopes=OURS)

    run(world, work)
    return id_, sessions


def test_a_recalled_session_is_a_draft_again_and_those_who_knew_are_told(either_world: World) -> None:
    before = released(either_world)

    recall(either_world, before.id)

    assert either_world.sent()[-1] == SessionRecalled(
        session_id=before.id,
        version=before.version + 1,
        title=before.title,
        reason=WHY,
        invited_schools=[GOLMUD],  # across the border nobody had agreed, and nobody had been told
    )
    now = either_world.now(before.id)
    assert (now.state, now.reason, now.released_at, now.awaiting_schools) == ("draft", WHY, None, ())
    assert set(now.invited_schools) == {*before.invited_schools, *before.awaiting_schools}
    with either_world.runtime.database.reading() as db:
        assert set(db.scalars(sa.select(Claim.status))) == {"draft"}
        assert set(db.scalars(sa.select(Invitation.state))) == {"withdrawn"}
        assert set(db.scalars(sa.select(Answer.state))) == {"out"}


def test_what_was_recalled_can_be_released_as_something_else(world: World) -> None:
    before = released(world)
    recall(world, before.id)
    run(
        world,
        lambda tx: revise_session(
            tx, session_id=before.id, plan=plan(title="改好的", invited_schools=(DELINGHA,)), scopes=OURS
        ),
    )
    run(world, lambda tx: release_session(tx, session_id=before.id, scopes=OURS))

    [*_, last] = world.sent()
    assert isinstance(last, SessionReleased)
    assert (last.title, last.invited_schools, world.now(before.id).reason) == ("改好的", [DELINGHA], "")


def test_what_is_postponed_can_be_recalled_too(world: World) -> None:
    before = released(world)
    run(world, lambda tx: postpone_session(tx, session_id=before.id, reason="下雪", scopes=OURS))

    recall(world, before.id)

    assert (world.now(before.id).state, world.now(before.id).postponed_at) == ("draft", None)


def test_a_recall_says_why_and_is_not_blind(world: World) -> None:
    before = released(world)

    with pytest.raises(Invalid):
        recall(world, before.id, reason="")
    with pytest.raises(Stale):
        recall(world, before.id, seen=before.version - 1)

    assert world.now(before.id) == before


def test_nothing_is_recalled_of_which_nobody_knows_or_at_which_somebody_was(world: World) -> None:
    with pytest.raises(Refusal, match="draft"):
        recall(world, world.drafted(plan(title="草稿", place="别处")).id)
    before = released(world)
    door, person = uuid7(), uuid7()

    def arrive(tx: Transaction) -> None:
        common = {"version": 1, "session_id": before.id, "starts_at": START}
        tx.db.add(
            CheckIn(
                **common, id=door, ends_at=END, secret=b"s", open=True, opened_by="account:1", opened_at=NOW
            )
        )
        tx.db.flush()
        tx.db.add(
            Presence(
                **common,
                id=person,
                check_in_id=door,
                participant_id=person,
                name="何晓梅",
                state="present",
                how="list",
                minutes=210,
                arrived_at=NOW,
                recorded_by="account:1",
                recorded_at=NOW,
            )
        )

    run(world, arrive)

    with pytest.raises(Refusal, match="checked in"):
        recall(world, before.id)


def test_a_programme_is_recalled_as_a_whole(either_world: World) -> None:
    id_, sessions = programme_of_two(either_world)

    run(either_world, lambda tx: recall_programme(tx, programme_id=id_, reason=WHY, scopes=OURS))

    told = [each for each in either_world.sent() if isinstance(each, SessionRecalled)]
    assert {each.session_id for each in told} == set(sessions)
    assert all(set(each.invited_schools) == {GOLMUD, DELINGHA} for each in told)
    assert {either_world.now(each).state for each in sessions} == {"draft"}


def test_a_programme_of_which_something_was_held_is_not_recalled_as_a_whole(world: World) -> None:
    id_, sessions = programme_of_two(world)
    world.runtime.clock = lambda: END
    world.runtime.database.clock = lambda: END
    run(world, lambda tx: hold_session(tx, session_id=sessions[0], scopes=OURS))

    with pytest.raises(Refusal, match="has taken place"):
        run(world, lambda tx: recall_programme(tx, programme_id=id_, reason=WHY, scopes=OURS))

    recall(world, sessions[1])  # one by one it can be
    assert [world.now(each).state for each in sessions] == ["held", "draft"]


def test_the_pages_recall_and_keep_what_was_typed(world: World) -> None:
    before = released(world)
    client = world.client("coordinator@region:632800")
    at = f"/scheduling/sessions/{before.id}"

    assert "撤回发布" in client.get(at).text
    empty = client.post(f"{at}/recall", data={"reason": "", "seen": before.version})
    stale = client.post(f"{at}/recall", data={"reason": WHY, "seen": before.version - 1})
    done = client.post(f"{at}/recall", data={"reason": WHY, "seen": before.version})

    assert (empty.status_code, stale.status_code, done.status_code) == (422, 412, 303)
    assert WHY in stale.text
    assert f"学校已知道原因：{WHY}" in client.get(at).text

    id_, _ = programme_of_two(world)
    page = f"/scheduling/programmes/{id_}"
    assert "撤回发布" in client.get(page).text
    assert client.post(f"{page}/recall", data={"reason": ""}).status_code == 422
    assert client.post(f"{page}/recall", data={"reason": WHY}).status_code == 303
    again = client.post(f"{page}/recall", data={"reason": WHY})
    assert (again.status_code, "没有撤回" in again.text) == (409, True)


def test_programs_recall_and_name_the_version_that_they_saw(world: World) -> None:
    client = world.client("coordinator@region:632800")
    id_, _ = programme_of_two(world)
    at = f"/scheduling/api/v1/programmes/{id_}"
    etag = client.get(at).headers["ETag"]

    assert client.put(at, json={"title": "新名称"}, headers={"If-Match": etag}).status_code == 200
    stale = client.post(f"{at}/recall", json={"reason": WHY}, headers={"If-Match": etag})
    now = client.get(at).headers["ETag"]
    done = client.post(f"{at}/recall", json={"reason": WHY}, headers={"If-Match": now})

    assert (stale.status_code, done.status_code) == (412, 200)
    assert stale.get_json()["now"] == int(now.strip('"'))
    assert done.get_json()["drafts"] == 2
    assert client.put(at, json={"title": "又"}, headers={"If-Match": "none"}).status_code == 422
