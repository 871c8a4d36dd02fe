"""Mentor pairs and 1+10+N communities: who may be in one, their meetings, and who falls quiet."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.exchange.mentoring.commands import begin_community, end_community, hold_meeting
from services.exchange.mentoring.policies import Plan, activity
from services.exchange.mentoring.queries import communities, community_of
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.ids import uuid7
from tests.builders import House
from tests.services.exchange.office import HOME, HOST, LIU, OURS, PENG, THEIRS, WANG, asker

MET = datetime(2025, 10, 20, tzinfo=UTC)
YEARS: dict[str, Any] = {"starts_on": date(2025, 9, 1), "ends_on": date(2028, 8, 31)}


def pair(**said: Any) -> Plan:
    usual: dict[str, Any] = {
        "kind": "pair",
        "name": "数学师徒结对",
        "master": WANG,
        "members": (LIU,),
        **YEARS,
    }
    return Plan(**{**usual, **said})


def begun(office: House, plan: Plan, *grants: str) -> UUID:
    id_ = uuid7()
    office.clock.now = MET
    office.database.run(
        lambda tx: begin_community(tx, id_=id_, plan=plan, asker=asker(*grants)).id, actor="account:a"
    )
    return id_


def met(office: House, id_: UUID, *grants: str, who: UUID | None = None, **said: Any) -> None:
    usual: dict[str, Any] = {
        "held_on": date(2025, 10, 8),
        "topic": "听评课",
        "minutes": 90,
        "present": [WANG, LIU],
    }
    by = asker(*grants, person_id=who)
    office.database.run(
        lambda tx: hold_meeting(tx, id_=uuid7(), community_id=id_, asker=by, **{**usual, **said}).id,
        actor="account:a",
    )


def test_a_pair_meets_and_who_was_there_is_counted(either_office: House) -> None:
    office = either_office
    id_ = begun(office, pair(), HOME)

    met(office, id_, HOME)
    met(office, id_, who=LIU, present=[LIU], topic="说课")

    with office.database.reading() as db:
        found = community_of(db, id_, asker(OURS))
    assert {(each.name, each.role, each.there) for each in found.members} == {
        ("王亮", "master", 1),
        ("刘杨", "member", 2),
    }
    with pytest.raises(NotFound):
        met(office, id_, HOST)
    with office.database.reading() as db, pytest.raises(NotFound):
        community_of(db, id_, asker(THEIRS))


def test_a_community_has_a_master_backbone_teachers_and_whom_they_lead(office: House) -> None:
    id_ = begun(
        office,
        Plan(kind="community", name="州数学共同体", master=WANG, groups=((PENG, (LIU,)),), **YEARS),
        OURS,
    )

    with office.database.reading() as db:
        found = community_of(db, id_, asker(HOST))
    assert {(each.name, each.role, each.led_by) for each in found.members} == {
        ("王亮", "master", None),
        ("彭建国", "backbone", WANG),
        ("刘杨", "member", PENG),
    }


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (pair(members=(WANG,)), "members"),
        (pair(members=()), "members"),
        (pair(kind="community"), "groups"),
        (pair(kind="community", members=(), groups=tuple((uuid7(), ()) for _ in range(11))), "groups"),
        (pair(ends_on=date(2025, 1, 1)), "ends_on"),
        (pair(name=""), "name"),
        (pair(members=(uuid7(),)), "members"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(office: House, plan: Plan, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        begun(office, plan, OURS)

    assert refused.value.field == field


def test_the_masters_side_begins_it_and_ends_it_with_a_reason(office: House) -> None:
    with pytest.raises(Forbidden):
        begun(office, pair(), THEIRS)
    id_ = begun(office, pair(), OURS)
    for wrong in ({"held_on": date(2025, 10, 22)}, {"present": [PENG]}, {"minutes": 0}, {"topic": ""}):
        with pytest.raises(Invalid):
            met(office, id_, OURS, **wrong)

    office.database.run(
        lambda tx: end_community(tx, community_id=id_, asker=asker(HOME), reason="师傅调离").id,
        actor="account:a",
    )

    with pytest.raises(Refusal, match="ended"):
        met(office, id_, OURS)


def test_a_community_that_does_not_meet_is_called_quiet(office: House) -> None:
    id_ = begun(office, pair(), OURS)

    def quiet(day: date) -> list[bool]:
        with office.database.reading() as db:
            rows, _ = communities(db, asker(OURS), today=day, scopes=None, offset=0, limit=9)
        return [row.quiet for row in rows]

    assert (quiet(date(2025, 10, 31)), quiet(date(2025, 11, 1))) == ([False], [True])
    met(office, id_, OURS)
    assert quiet(date(2025, 12, 7)) == [False]
    assert quiet(date(2025, 10, 8) + timedelta(days=61)) == [True]


def test_activity_is_how_often_each_was_there() -> None:
    assert activity([["a", "b"], ["a"]], ["a", "b", "c"]) == {"a": 2, "b": 1, "c": 0}


def test_the_pages_by_names_as_offices_write_them(office: House) -> None:
    office.clock.now = MET
    client, path = office.client(OURS), "/exchange/communities"
    form = {
        "kind": "community",
        "name": "州数学共同体",
        "master": "王亮",
        "lines": "彭建国：刘杨、周平",
        "starts_on": "2025-09-01",
        "ends_on": "2028-08-31",
    }

    wrong = client.post(path, data=form)
    assert (wrong.status_code, "名录里没有，或有同名：周平" in wrong.text, "州数学共同体" in wrong.text) == (
        422,
        True,
        True,
    )
    made = client.post(path, data={**form, "lines": "彭建国（七星关区第一中学）：刘杨"})
    assert made.status_code == 303
    page = made.headers["Location"]
    late = client.post(
        f"{page}/meetings",
        data={"held_on": "2026-01-01", "topic": "磨课", "minutes": "60", "present": [str(LIU)]},
    )
    assert (late.status_code, "磨课" in late.text) == (422, True)
    held = client.post(
        f"{page}/meetings",
        data={"held_on": "2025-10-10", "topic": "磨课", "minutes": "60", "present": [str(LIU)]},
    )
    assert held.status_code == 303
    assert "到场 1 / 3" in client.get(page).text
    assert "州数学共同体" in office.client(HOST).get(path).text
    assert office.client("liaison@school:0197a000-0000-7000-8000-000000000009").get(page).status_code == 404
    read: dict[str, Any] = client.get(f"/exchange/api/v1{page.removeprefix('/exchange')}").get_json()
    assert [each["topic"] for each in read["meetings"]] == ["磨课"]


def test_its_master_and_people_are_changed_later_and_what_was_done_stays(office: House) -> None:
    id_ = begun(office, pair(), HOME)
    met(office, id_, HOME)
    client, path = office.client(HOME), f"/exchange/communities/{id_}"
    form = client.get(f"{path}/revision").text
    assert ('value="王亮"' in form, "刘杨</textarea>" in form, 'name="seen" value="2"' in form) == (True,) * 3
    said = {"name": "数学师徒结对", "starts_on": "2025-09-01", "ends_on": "2028-08-31", "seen": "2"}

    nobody = client.post(f"{path}/revision", data={**said, "master": "刘杨", "lines": "周平"})
    assert (nobody.status_code, "周平</textarea>" in nobody.text) == (422, True)
    short = client.post(
        f"{path}/revision", data={**said, "master": "刘杨", "lines": "王亮", "ends_on": "2025-09-30"}
    )
    assert (short.status_code, "2025-10-08 已有活动" in short.text) == (422, True)
    theirs = office.client(HOST).post(f"{path}/revision", data={**said, "master": "彭建国", "lines": "刘杨"})
    assert theirs.status_code == 404
    done = client.post(f"{path}/revision", data={**said, "master": "刘杨", "lines": "彭建国"})
    assert done.status_code == 303, done.text
    stale = client.post(f"{path}/revision", data={**said, "master": "刘杨", "lines": "王亮"})
    assert stale.status_code == 412

    with office.database.reading() as db:
        found = community_of(db, id_, asker(HOME))
        rows, _ = communities(db, asker(HOME), today=MET.date(), scopes=None, offset=0, limit=9)
    assert [(each.name, each.role, each.led_by) for each in found.members] == [
        ("刘杨", "master", None),
        ("彭建国", "member", LIU),
    ]
    assert [(each.name, each.left_on, each.there) for each in found.former] == [("王亮", MET.date(), 1)]
    assert [(row.master, row.people) for row in rows] == [("刘杨", 2)]
    assert "以前的成员" in client.get(path).text
    with pytest.raises(Invalid):
        met(office, id_, HOME, present=[WANG])
    back = {
        "kind": "pair", "name": "数学师徒结对", "starts_on": "2025-09-01", "ends_on": "2028-08-31",
        "master": str(WANG), "members": [str(PENG)],
    }  # fmt: skip
    api = f"/exchange/api/v1/communities/{id_}/revision"
    assert office.client(HOST).post(api, json={"plan": back, "seen": 3}).status_code == 403
    again: Any = client.post(api, json={"plan": back, "seen": 3}).json
    assert [(each["name"], each["role"]) for each in again["members"]] == [
        ("彭建国", "member"),
        ("王亮", "master"),
    ]
    assert [each["name"] for each in again["former"]] == ["刘杨"]
