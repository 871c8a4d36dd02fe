"""Checking in, hours and certificates as programs see them: the same rules as the pages have."""

from datetime import timedelta
from uuid import UUID

from flask.testing import FlaskClient

from services.scheduling.attendance.model import CheckIn
from services.scheduling.attendance.policies import scanned_code
from services.scheduling.outcomes.commands import accept, hand_in
from services.scheduling.outcomes.queries import Asking
from services.scheduling.programmes.commands import add_trainees, draft_programme, release_programme
from services.scheduling.programmes.model import Entrant, Outline
from services.scheduling.sessions.commands import draft_session
from shared.db import Transaction
from shared.ids import uuid7
from tests.services.scheduling.company import do, staff
from tests.services.scheduling.world import GOLMUD, HAIXI, NOW, PARTNER, World, plan

COORDINATOR, LIAISON = f"coordinator@region:{HAIXI}", f"liaison@school:{GOLMUD}"
API = "/scheduling/api/v1"


def a_class(world: World, *, outcome: str = "") -> tuple[UUID, UUID]:
    """A class of one morning that begins now, with two of a school and one whom only the sheet names: its id and the session's."""
    id_, session_id = uuid7(), uuid7()
    people = staff(world, GOLMUD, 2)

    def prepare(tx: Transaction) -> None:
        draft_programme(
            tx, id_=id_, outline=Outline(title="研修班", outcome=outcome), host_region=HAIXI, scopes=["all"]
        )
        entrants = [Entrant(name=f"教师{each + 1}", person_id=person) for each, person in enumerate(people)]
        entrants.append(Entrant(name="吕兰英", unit="都兰县教育局", phone="10001230456"))
        add_trainees(tx, programme_id=id_, entrants=entrants, scopes=["all"])
        morning = plan(starts_at=NOW, ends_at=NOW + timedelta(minutes=180), invited_schools=(GOLMUD,))
        draft_session(tx, id_=session_id, plan=morning, host_region=HAIXI, scopes=["all"], programme_id=id_)
        release_programme(tx, programme_id=id_, scopes=["all"])

    do(world, prepare)
    return id_, session_id


def opened(client: FlaskClient, session_id: UUID) -> str:
    answered = client.post(f"{API}/sessions/{session_id}/check-ins", json={"starts_at": NOW.isoformat()})
    assert answered.status_code == 201
    return str(answered.get_json()["id"])


def names(lines: list[dict[str, object]]) -> list[object]:
    return [line["name"] for line in lines]


def test_a_door_is_opened_shut_and_opened_again(world: World) -> None:
    client = world.client(COORDINATOR)
    _, session_id = a_class(world)

    door = opened(client, session_id)

    twice = client.post(f"{API}/sessions/{session_id}/check-ins", json={"starts_at": NOW.isoformat()})
    assert (twice.status_code, twice.get_json()["detail"]) == (409, "签到已经是开放的。")
    assert client.post(f"{API}/check-ins/{door}/shutting").get_json()["open"] is False
    assert opened(client, session_id) == door
    assert [each["id"] for each in client.get(f"{API}/sessions/{session_id}/check-ins").get_json()] == [door]
    elsewhere = client.post(f"{API}/sessions/{session_id}/check-ins", json={"starts_at": "2025-06-03T02:00:00Z"})  # fmt: skip
    assert elsewhere.status_code == 404
    other = world.client("coordinator@region:520502")
    assert other.post(f"{API}/check-ins/{door}/shutting").status_code == 404
    assert other.get(f"{API}/sessions/{session_id}/check-ins").status_code == 404


def test_the_list_is_entered_and_corrected_and_both_are_kept(world: World) -> None:
    client = world.client(COORDINATOR)
    _, session_id = a_class(world)
    door = f"{API}/check-ins/{opened(client, session_id)}"
    first, second, third = (line["participant_id"] for line in client.get(f"{door}/list").get_json())

    client.post(f"{door}/list", json={"entries": [{"participant_id": first, "state": "absent"}]})
    answered = client.post(
        f"{door}/list",
        json={
            "entries": [
                {"participant_id": first, "state": "late"},
                {"participant_id": third, "state": "present"},
            ],
            "reason": "看错了行",
        },
    )

    assert [line["presence"] and line["presence"]["state"] for line in answered.get_json()] == [
        "late",
        None,
        "present",
    ]
    [kept] = client.get(f"{door}/list/{first}/corrections").get_json()
    assert (kept["was"], kept["now"], kept["reason"]) == ("absent", "late", "看错了行")
    page = client.get(door.replace("/api/v1", "")).text
    assert "缺席 → 迟到：看错了行" in " ".join(page.split())
    assert client.get(f"{door}/list/{second}/corrections").get_json() == []
    wrong = client.post(f"{door}/list", json={"entries": [{"participant_id": second, "state": "asleep"}]})
    assert (wrong.status_code, "present、late" in str(wrong.get_json()["errors"])) == (422, True)
    stranger = {"participant_id": str(uuid7()), "state": "present"}
    both = client.post(
        f"{door}/list", json={"entries": [{"participant_id": second, "state": "present"}, stranger]}
    )
    assert both.status_code == 422
    assert client.get(f"{door}/list").get_json()[1]["presence"] is None


def test_a_liaison_reads_and_enters_the_own_people_only(world: World) -> None:
    host, liaison = world.client(COORDINATOR), world.client(LIAISON)
    _, session_id = a_class(world)
    door = f"{API}/check-ins/{opened(host, session_id)}"
    guest = host.get(f"{door}/list").get_json()[2]["participant_id"]

    lines = liaison.get(f"{door}/list").get_json()

    assert names(lines) == ["教师1", "教师2"]
    own = {"participant_id": lines[0]["participant_id"], "state": "excused"}
    assert (
        liaison.post(f"{door}/list", json={"entries": [own]}).get_json()[0]["presence"]["state"] == "excused"
    )
    other = {"participant_id": guest, "state": "present"}
    assert liaison.post(f"{door}/list", json={"entries": [other]}).status_code == 422
    assert liaison.get(f"{door}/list/{guest}/corrections").status_code == 404
    elsewhere = world.client(f"liaison@school:{PARTNER}", "coordinator@region:520502")
    assert elsewhere.get(f"{door}/list").status_code == 404
    # Who plans elsewhere and answers for a school here sees that school alone, on the page, too.
    both = world.client(LIAISON, "coordinator@region:520502")
    assert names(both.get(f"{door}/list").get_json()) == ["教师1", "教师2"]
    assert "吕兰英" not in both.get(door.replace("/api/v1", "")).text


def test_a_code_lets_somebody_in_once(world: World) -> None:
    client = world.client(COORDINATOR)
    _, session_id = a_class(world)
    id_ = opened(client, session_id)
    with world.runtime.database.reading() as db:
        secret = db.get_one(CheckIn, UUID(id_)).secret
    code = scanned_code(secret, UUID(id_), NOW)

    def arrive(**said: str) -> tuple[object, object]:
        answered = client.post(
            f"{API}/check-ins/{id_}/arrivals", json={"name": "吕兰英", "digits": "0456", **said}
        )
        assert answered.status_code == 200
        return answered.get_json()["verdict"], answered.get_json()["state"]

    assert arrive(code="0" * 16) == ("wrong", None)
    assert arrive(code=code, digits="0457") == ("unknown", None)
    assert arrive(code=code) == ("in", "present")
    assert arrive(code=code) == ("twice", "present")


def test_hours_of_a_school_by_the_rule_of_its_region(world: World) -> None:
    client = world.client(COORDINATOR)
    _, session_id = a_class(world)
    door = f"{API}/check-ins/{opened(client, session_id)}"
    lines = client.get(f"{door}/list").get_json()
    client.post(
        f"{door}/list", json={"entries": [{"participant_id": lines[0]["participant_id"], "state": "present"}]}
    )
    rule = {
        "minutes_per_hour": 40,
        "half_day": 5,
        "full_day": 10,
        "daily_cap": 10,
        "five_years": 300,
        "since": "2025-06-01",
    }

    before = client.get(f"{API}/hours/schools/{GOLMUD}").get_json()
    made = client.post(f"{API}/hours/rules", json=rule)
    after = client.get(f"{API}/hours/schools/{GOLMUD}").get_json()

    assert (before["needed"], sorted(one["hours"] for one in before["people"])) == (360, [0, 4])
    assert (made.status_code, made.get_json()["region_code"]) == (201, HAIXI)
    assert (after["needed"], sorted(one["hours"] for one in after["people"])) == (300, [0, 4.5])
    assert client.post(f"{API}/hours/rules", json=rule).status_code == 409
    assert client.post(f"{API}/hours/rules", json={**rule, "half_day": 0}).status_code == 422
    assert [each["since"] for each in client.get(f"{API}/hours/rules").get_json()] == [None, "2025-06-01"]
    assert [each["since"] for each in world.client("coordinator@region:520502").get(f"{API}/hours/rules").get_json()] == [None]  # fmt: skip
    assert client.get(f"{API}/hours/schools/{PARTNER}").status_code == 404
    assert client.get(f"{API}/hours").get_json() == {"hours": 0, "needed": 360, "learned": []}


def test_a_certificate_waits_for_what_has_to_be_handed_in(world: World) -> None:
    client = world.client(COORDINATOR)
    id_, session_id = a_class(world, outcome="每人一份方案")
    door = f"{API}/check-ins/{opened(client, session_id)}"
    first = client.get(f"{door}/list").get_json()[0]["participant_id"]
    client.post(f"{door}/list", json={"entries": [{"participant_id": first, "state": "present"}]})
    certificates = f"{API}/programmes/{id_}/certificates"

    refused = client.post(certificates, json={"trainees": [first]})

    assert (refused.status_code, refused.get_json()["detail"]) == (409, "教师1：成果还没有通过验收。")
    host = Asking(scopes=frozenset({"all"}))
    trainee = UUID(first)
    do(world, lambda tx: hand_in(tx, programme_id=id_, trainee_id=trainee, text="方案", link="", asks=host))
    do(world, lambda tx: len(accept(tx, programme_id=id_, trainees=[trainee], scopes={"all"})))
    [made] = client.post(certificates, json={"trainees": [first]}).get_json()
    assert made["number"] == f"{HAIXI}-2025-00001"
    assert [(each["number"], each["why_not"]) for each in client.get(certificates).get_json()] == [
        (made["number"], f"已发证书 {made['number']}。"),
        ("", "出席 0 / 1 场，至少要 1 场。"),
        ("", "出席 0 / 1 场，至少要 1 场。"),
    ]


def test_anybody_verifies_one_but_not_many_at_once(world: World) -> None:
    client, anybody = world.client(COORDINATOR), world.client()
    id_, session_id = a_class(world)
    door = f"{API}/check-ins/{opened(client, session_id)}"
    first = client.get(f"{door}/list").get_json()[0]["participant_id"]
    client.post(f"{door}/list", json={"entries": [{"participant_id": first, "state": "present"}]})
    certificates = f"{API}/programmes/{id_}/certificates"
    [made] = client.post(certificates, json={"trainees": [first]}).get_json()
    at = f"{API}/certificates/{made['code']}"

    found = anybody.get(at).get_json()

    assert (found["valid"], found["number"], found["name"], found["hours"]) == (
        True,
        made["number"],
        "教•1",
        "4.0",
    )
    revocation = f"{certificates}/{made['id']}/revocation"
    assert client.post(revocation, json={}).status_code == 422
    assert client.post(revocation, json={"reason": "重复发放"}).get_json()["reason"] == "重复发放"
    assert anybody.get(at).get_json() == {"number": made["number"], "valid": False}
    assert anybody.get(f"{API}/certificates/nothing").status_code == 404
    answers = [anybody.get(f"/scheduling/certificates/{number}").status_code for number in range(40)]
    assert set(answers) == {404, 429}
    late = anybody.get(at)
    assert (late.status_code, late.headers["Retry-After"].isdigit()) == (429, True)


def test_what_a_form_cannot_mean_is_said_and_nothing_is_entered(world: World) -> None:
    client = world.client(COORDINATOR)
    _, session_id = a_class(world)
    door = f"/scheduling/check-ins/{opened(client, session_id)}"
    first = client.get(f"{API}{door.removeprefix('/scheduling')}/list").get_json()[0]["participant_id"]

    nobody = client.post(f"{door}/list", data={"state-nobody": "present", f"state-{first}": "present"})
    asleep = client.post(f"{door}/list", data={f"state-{first}": "asleep"})

    assert (nobody.status_code, "这不是有效的编号" in nobody.text) == (422, True)
    assert (asleep.status_code, "考勤状态只能是" in asleep.text) == (422, True)
    assert client.get(f"{API}{door.removeprefix('/scheduling')}/list").get_json()[0]["presence"] is None
