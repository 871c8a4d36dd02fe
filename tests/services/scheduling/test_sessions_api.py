"""Sessions as JSON: the whole way of one, what is refused and in which words."""

from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from services.scheduling.sessions.queries import SessionRow
from shared.ids import named
from tests.services.scheduling.world import DELINGHA, GOLMUD, PARTNER, World, plan

COORDINATOR = "coordinator@region:632800"
SESSIONS = "/scheduling/api/v1/sessions"

ASKED = {
    "title": "集团治理与管理策略",
    "kind": "lecture",
    "starts_at": "2025-06-10T08:30:00+08:00",
    "ends_at": "2025-06-10T12:00:00+08:00",
    "place": "培训中心报告厅",
    "invited_schools": [str(GOLMUD), str(PARTNER)],
}


def said(answer: TestResponse) -> Any:
    """The JSON of an answer."""
    return answer.json


def as_json(row: SessionRow) -> dict[str, object]:
    return {
        "id": str(row.id),
        "version": row.version,
        "title": row.title,
        "kind": row.kind,
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "place": row.place,
        "link": row.link,
        "occurrences": [
            {
                "starts_at": each.starts_at.isoformat(),
                "ends_at": each.ends_at.isoformat(),
                "place": each.place,
                "link": each.link,
                "account": each.account,
            }
            for each in row.occurrences
        ],
        "leaders": [
            {"name": each.name, "role": each.role, "person_id": each.person_id and str(each.person_id)}
            for each in row.leaders
        ],
        "note": row.note,
        "programme_id": row.programme_id and str(row.programme_id),
        "ordinal": row.ordinal,
        "invited_schools": [str(id_) for id_ in row.invited_schools],
        "awaiting_schools": [str(id_) for id_ in row.awaiting_schools],
        "host_region": row.host_region,
        "state": row.state,
        "recording": row.recording,
        "reason": row.reason,
        "released_at": row.released_at and row.released_at.isoformat(),
        "postponed_at": row.postponed_at and row.postponed_at.isoformat(),
        "held_at": row.held_at and row.held_at.isoformat(),
        "closed_at": row.closed_at and row.closed_at.isoformat(),
        "cancelled_at": row.cancelled_at and row.cancelled_at.isoformat(),
    }


def test_a_session_from_its_draft_to_its_cancellation(world: World) -> None:
    client = world.client(COORDINATOR)

    made = client.post(SESSIONS, json=ASKED)
    assert made.status_code == 201
    at = made.headers["Location"]
    id_ = UUID(said(made)["id"])
    assert said(made) == as_json(world.now(id_))
    assert (said(made)["state"], said(made)["host_region"], said(made)["version"]) == ("draft", "632800", 1)

    revised = client.put(at, json={**ASKED, "title": "集团治理"})
    assert (revised.status_code, said(revised)) == (200, as_json(world.now(id_)))
    assert said(revised)["title"] == "集团治理"

    released = client.post(f"{at}/release")
    assert (released.status_code, said(released)) == (200, as_json(world.now(id_)))

    cancelled = client.post(f"{at}/cancellation", json={"reason": "道路结冰"})
    assert (cancelled.status_code, said(cancelled)) == (200, as_json(world.now(id_)))
    assert (said(cancelled)["state"], said(cancelled)["reason"]) == ("cancelled", "道路结冰")

    assert said(client.get(at)) == said(cancelled)
    assert said(client.get(SESSIONS)) == [said(cancelled)]


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"title": "  "}, {"title": ["Give the session a title."]}),
        ({"kind": "party"}, {"kind": ["Choose what kind of session it is."]}),
        ({"ends_at": ASKED["starts_at"]}, {"ends_at": ["The end must be later than the start."]}),
        ({"link": "javascript:alert(1)"}, {"link": ["A link begins with https:// or http://."]}),
        (
            {"starts_at": "2025-06-10T08:30:00"},
            {"starts_at": ["A time needs its zone, as in 2025-06-10T08:30:00+08:00."]},
        ),
        ({"starts_at": "soon"}, {"starts_at": ["This is not in the form that is asked for."]}),
        (
            {"starts_at": "0001-01-01T00:00:00+08:00"},
            {"starts_at": ["This is not in the form that is asked for."]},
        ),
        ({"title": None}, {"title": ["This is required."]}),
        ({"title": "a\x00b"}, {"title": ["There are invisible control characters in it; remove them."]}),
        ({"title": "\ud800"}, {"title": ["There are invisible control characters in it; remove them."]}),
        ({"invited_schools": ["x"]}, {"invited_schools": {"0": ["This is not a valid id."]}}),
        ({"invited_schools": "x"}, {"invited_schools": ["This is not in the form that is asked for."]}),
        (
            {"invited_schools": [str(named("school", "0"))]},
            {"invited_schools": ["Some of the invited schools are not in the register."]},
        ),
        ({"titel": "x"}, {"titel": ["There is no such field."]}),
    ],
)
def test_what_is_wrong_is_said_of_its_field(
    world: World, change: dict[str, object], errors: dict[str, object]
) -> None:
    refused = world.client(COORDINATOR, language="en").post(SESSIONS, json={**ASKED, **change})

    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert said(refused)["errors"] == errors


def test_a_body_that_is_no_object_is_refused(world: World) -> None:
    client = world.client(COORDINATOR)

    assert client.post(SESSIONS, json=[]).status_code == 422
    assert client.post(SESSIONS, data="{", content_type="application/json").status_code == 400


def test_the_same_school_is_invited_once_and_space_is_made_plain(world: World) -> None:
    made = world.client(COORDINATOR).post(
        SESSIONS,
        json={**ASKED, "title": " 集团 \u3000 治理\n", "invited_schools": [str(DELINGHA), str(DELINGHA)]},
    )

    assert (said(made)["title"], said(made)["invited_schools"]) == ("集团 治理", [str(DELINGHA)])


def test_a_refusal_is_a_conflict_and_says_why(world: World) -> None:
    drafted = world.drafted(plan(place=""))

    refused = world.client(COORDINATOR).post(f"{SESSIONS}/{drafted.id}/release")

    assert (refused.status_code, said(refused)["detail"]) == (409, "还没有地点。请填写活动地点或线上链接。")
    assert world.now(drafted.id) == drafted


def test_a_cancellation_needs_its_reason(world: World) -> None:
    client = world.client(COORDINATOR)
    drafted = world.drafted()
    client.post(f"{SESSIONS}/{drafted.id}/release")

    refused = client.post(f"{SESSIONS}/{drafted.id}/cancellation", json={"reason": " "})

    assert (refused.status_code, said(refused)["errors"]) == (
        422,
        {"reason": ["请写明取消的原因，学校会看到。"]},
    )


def test_another_regions_session_is_not_found(world: World) -> None:
    at = f"{SESSIONS}/{world.drafted().id}"
    client = world.client("coordinator@region:520502")

    answers = (
        client.get(at),
        client.put(at, json=ASKED),
        client.post(f"{at}/release"),
        client.post(f"{at}/cancellation", json={"reason": "道路结冰"}),
    )

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
    assert said(client.get(SESSIONS)) == []


def test_who_hosts_for_several_says_for_which(world: World) -> None:
    client = world.client(COORDINATOR, "coordinator@region:520502")

    assert said(client.post(SESSIONS, json=ASKED))["errors"] == {
        "host_region": ["请选择以哪个区域的名义主办。"]
    }
    assert client.post(SESSIONS, json={**ASKED, "host_region": "630000"}).status_code == 403
    assert said(client.post(SESSIONS, json={**ASKED, "host_region": "520502"}))["host_region"] == "520502"


def test_a_stale_edit_is_told_both_versions(world: World) -> None:
    client = world.client(COORDINATOR)
    at = client.post(SESSIONS, json=ASKED).headers["Location"]
    etag = client.get(at).headers["ETag"]
    assert client.put(at, json={**ASKED, "title": "先到的"}, headers={"If-Match": etag}).status_code == 200

    stale = client.put(at, json={**ASKED, "title": "后到的"}, headers={"If-Match": etag})

    assert (stale.status_code, said(stale)["seen"], said(stale)["now"]) == (412, 1, 2)
    assert said(client.get(at))["title"] == "先到的"
    assert client.post(f"{at}/release", headers={"If-Match": "no version"}).status_code == 422
    assert client.post(f"{at}/release", headers={"If-Match": '"2"'}).status_code == 200
