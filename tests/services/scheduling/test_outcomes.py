"""Outcomes: handed in by the trainee, the school or the host, accepted or handed back, and never judged unseen."""

from uuid import UUID

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from services.scheduling.outcomes.commands import accept, hand_back, hand_in
from services.scheduling.outcomes.queries import Asking, accepted_in, outcome_of, outcomes_by, outcomes_of
from services.scheduling.programmes.commands import add_trainees, draft_programme
from services.scheduling.programmes.model import Entrant, Outline
from services.scheduling.sessions.commands import release_session
from services.scheduling.sessions.model import Session
from shared.auth.states import keep_account
from shared.contracts.directory import AccountChanged
from shared.db import Transaction
from shared.errors import Invalid, NotFound, Refusal, Stale
from shared.ids import uuid7
from tests.services.scheduling.company import do, staff
from tests.services.scheduling.world import GOLMUD, PARTNER, PLANNER, World, plan

OURS = frozenset({"region:632800"})
HOST = Asking(scopes=OURS)
LIAISON = Asking(scopes=frozenset(), schools=frozenset({GOLMUD}))
ASKED = "每人一份本地实施方案"


def programme(world: World, *, outcome: str = ASKED) -> tuple[UUID, list[UUID]]:
    """A programme with two trainees of one school and one whom only the sheet names: its id and theirs."""
    people = staff(world, GOLMUD, 2)
    entrants = [Entrant(name=f"教师{number + 1}", person_id=id_) for number, id_ in enumerate(people)]
    entrants.append(Entrant(name="吕兰英", unit="都兰县教育局"))
    id_ = uuid7()

    def work(tx: Transaction) -> list[UUID]:
        draft_programme(
            tx,
            id_=id_,
            outline=Outline(title="集团化办学培训班", outcome=outcome),
            host_region="632800",
            scopes=OURS,
        )
        return [each.id for each in add_trainees(tx, programme_id=id_, entrants=entrants, scopes=OURS)]

    return id_, do(world, work)


def test_a_school_sees_in_one_place_what_its_people_have_yet_to_hand_in(world: World) -> None:
    id_, (first, second, _) = programme(world)
    client = world.client(f"liaison@school:{GOLMUD}")
    assert "还要提交的成果" not in client.get("/scheduling/answers").text  # a draft asks for nothing yet

    session = world.drafted(plan(invited_schools=(GOLMUD,)))
    do(world, lambda tx: release_session(tx, session_id=session.id, scopes=OURS).id)
    do(world, lambda tx: tx.db.execute(sa.update(Session).values(programme_id=id_)).rowcount)  # type: ignore[attr-defined]
    given(world, id_, first)
    page = client.get("/scheduling/answers").text

    assert ("教师1" in page, "教师2" in page, "吕兰英" in page) == (False, True, False)
    assert f"/outcomes/{second}" in page


def given(world: World, of: UUID, trainee: UUID, *, asks: Asking = HOST, text: str = "方案", link: str = "", seen: int | None = None) -> None:  # fmt: skip
    do(
        world,
        lambda tx: hand_in(
            tx, programme_id=of, trainee_id=trainee, text=text, link=link, asks=asks, seen=seen
        ),
    )


def states(world: World, of: UUID, asks: Asking = HOST) -> list[tuple[str, str, str]]:
    with world.runtime.database.reading() as db:
        return [(row.name, row.state, row.reason) for row in outcomes_of(db, of, asks)]


def test_it_is_handed_in_handed_back_improved_and_accepted(either_world: World) -> None:
    id_, (first, second, third) = programme(either_world)

    given(either_world, id_, first)
    do(
        either_world,
        lambda tx: hand_back(tx, programme_id=id_, trainee_id=first, reason="缺少时间表", scopes=OURS),
    )
    assert states(either_world, id_)[0] == ("教师1", "returned", "缺少时间表")
    given(either_world, id_, first, text="方案，含时间表")
    given(either_world, id_, third, text="", link="https://pan.example.edu/方案.docx")
    do(either_world, lambda tx: len(accept(tx, programme_id=id_, trainees=[first, third], scopes=OURS)))

    assert states(either_world, id_) == [
        ("教师1", "accepted", ""),
        ("教师2", "missing", ""),
        ("吕兰英", "accepted", ""),
    ]
    with either_world.runtime.database.reading() as db:
        assert accepted_in(db, id_) == {first, third}
    assert second not in {first, third}


def test_what_is_accepted_changes_no_more_until_it_is_handed_back(world: World) -> None:
    id_, (first, *_) = programme(world)
    given(world, id_, first)
    do(world, lambda tx: len(accept(tx, programme_id=id_, trainees=[first], scopes=OURS)))

    with pytest.raises(Refusal, match="is accepted"):
        given(world, id_, first, text="另一份")
    with pytest.raises(Refusal, match="is accepted"):
        do(world, lambda tx: accept(tx, programme_id=id_, trainees=[first], scopes=OURS))
    do(world, lambda tx: hand_back(tx, programme_id=id_, trainee_id=first, reason="补盖章页", scopes=OURS))
    given(world, id_, first, text="另一份")

    assert states(world, id_)[0][1] == "handed_in"


def test_nothing_is_accepted_where_one_of_them_has_handed_in_nothing(world: World) -> None:
    id_, (first, second, _) = programme(world)
    given(world, id_, first)

    with pytest.raises(Invalid):
        do(world, lambda tx: accept(tx, programme_id=id_, trainees=[first, second], scopes=OURS))

    assert states(world, id_)[0][1] == "handed_in"


@pytest.mark.parametrize(
    ("text", "link", "field"),
    [
        ("", "", "text"),
        ("字" * 10_001, "", "text"),
        ("", "pan.example.edu/1", "link"),
        ("", "javascript:alert(1)", "link"),
        ("", "https://[::1", "link"),
        ("", "https://pan.example.edu/" + "x" * 500, "link"),
    ],
)
def test_what_cannot_be_handed_in_is_said_at_its_field(
    world: World, text: str, link: str, field: str
) -> None:
    id_, (first, *_) = programme(world)

    with pytest.raises(Invalid) as caught:
        given(world, id_, first, text=text, link=link)

    assert caught.value.field == field
    assert states(world, id_)[0][1] == "missing"


def test_a_programme_that_asks_for_nothing_takes_nothing(world: World) -> None:
    id_, (first, *_) = programme(world, outcome="")

    with pytest.raises(Refusal, match="asks for nothing"):
        given(world, id_, first)


def test_two_who_hand_in_for_the_same_person_do_not_overwrite_one_another(world: World) -> None:
    id_, (first, *_) = programme(world)
    given(world, id_, first, seen=0)

    with pytest.raises(Stale) as caught:
        given(world, id_, first, text="别人的", seen=0)

    assert (caught.value.seen, caught.value.now) == (0, 1)


def test_a_liaison_sees_and_hands_in_for_the_own_people_only(world: World) -> None:
    id_, (first, _, third) = programme(world)

    given(world, id_, first, asks=LIAISON)

    assert [name for name, *_ in states(world, id_, LIAISON)] == ["教师1", "教师2"]
    for stranger in (LIAISON, Asking(scopes=frozenset({"region:520502"}), person_id=uuid7())):
        with pytest.raises(NotFound):
            given(world, id_, third, asks=stranger)
    with pytest.raises(NotFound):
        states(world, id_, Asking(scopes=frozenset(), schools=frozenset({PARTNER})))
    with pytest.raises(NotFound):
        do(world, lambda tx: accept(tx, programme_id=id_, trainees=[first], scopes={"region:520502"}))


def test_a_trainee_finds_what_is_asked_hands_it_in_and_reads_why_it_came_back(world: World) -> None:
    id_, (first, second, _) = programme(world)
    person = staff(world, GOLMUD, 2)[0]
    account = AccountChanged(
        account_id=PLANNER, version=1, enabled=True, signed_out_before=None, ended_sessions=(), grants=(f"teacher@school:{GOLMUD}",), person_id=person
    )  # fmt: skip
    do(world, lambda tx: keep_account(tx, account), actor="service:test")
    teacher = world.client(f"teacher@school:{GOLMUD}")
    page = f"/scheduling/programmes/{id_}/outcomes/{first}"

    assert page in teacher.get("/scheduling/outcomes").text
    refused = teacher.post(page, data={"text": "", "link": "不是网址", "seen": "0"})
    assert (refused.status_code, "不是网址" in refused.text) == (422, True)
    assert "网址要以 http" in refused.text
    assert teacher.post(page, data={"text": "我的方案", "seen": "0"}).status_code == 303
    do(world, lambda tx: hand_back(tx, programme_id=id_, trainee_id=first, reason="缺少时间表", scopes=OURS))
    assert "缺少时间表" in teacher.get(page).text
    assert teacher.get(f"/scheduling/programmes/{id_}/outcomes/{second}").status_code == 404
    with world.runtime.database.reading() as db:
        assert [row.state for row in outcomes_by(db, person)] == ["returned"]


def test_the_host_judges_on_the_page(world: World) -> None:
    id_, (first, second, _) = programme(world)
    given(world, id_, first)
    host = world.client("coordinator@region:632800")
    page = f"/scheduling/programmes/{id_}/outcomes"

    back = host.post(f"{page}/{first}/return", data={"reason": ""})
    assert (back.status_code, "请写明退回的原因" in back.text) == (422, True)
    none = host.post(f"{page}/acceptance")
    assert (none.status_code, "请选择已经提交成果的学员" in none.text) == (422, True)
    assert host.post(f"{page}/acceptance", data={"trainees": [str(first)]}).status_code == 303

    assert "已通过 1" in host.get(page).text
    assert "Accepted 1" in world.client("auditor@all", language="en").get(page).text
    assert str(second) in host.get(page).text


def test_programs_hand_in_and_judge(world: World) -> None:
    id_, (first, *_) = programme(world)
    host = world.client("coordinator@region:632800")
    path = f"/scheduling/api/v1/programmes/{id_}/outcomes"

    answered = host.put(f"{path}/{first}", json={"text": "方案"})
    assert (answered.status_code, answered.get_json()["state"], answered.get_json()["version"]) == (
        200,
        "handed_in",
        1,
    )
    stale = host.put(f"{path}/{first}", json={"text": "方案", "seen": 0})
    assert (stale.status_code, stale.get_json()["seen"], stale.get_json()["now"]) == (412, 0, 1)
    back = host.post(f"{path}/{first}/return", json={"reason": "缺少时间表"})
    assert (back.status_code, back.get_json()["reason"]) == (200, "缺少时间表")
    again = host.post(f"{path}/acceptance", json={"trainees": [str(first)]})
    assert (again.status_code, again.get_json()["status"]) == (409, 409)
    host.put(f"{path}/{first}", json={"link": "https://pan.example.edu/1"})
    accepted = host.post(f"{path}/acceptance", json={"trainees": [str(first)]})
    assert [each["state"] for each in accepted.get_json()] == ["accepted", "missing", "missing"]
    assert len(read(host, path)) == len(accepted.get_json())
    with world.runtime.database.reading() as db:
        assert outcome_of(db, id_, first, HOST).link == "https://pan.example.edu/1"


def read(client: FlaskClient, path: str) -> list[object]:
    answered = client.get(path)
    assert answered.status_code == 200
    rows: list[object] = answered.get_json()
    return rows
