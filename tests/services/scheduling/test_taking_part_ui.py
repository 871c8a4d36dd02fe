"""Pages and JSON of taking part: the host's, the invited region's and the school's."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.services.scheduling.company import agreed, answer, invitation, limited, queue, released, staff
from tests.services.scheduling.test_sessions_ui import counting
from tests.services.scheduling.world import DELINGHA, GOLMUD, PARTNER, World

HOST, THERE = "coordinator@region:632800", "coordinator@region:520502"
LIAISON = f"liaison@school:{PARTNER}"
API = "/scheduling/api/v1"


def said(answered: Any) -> Any:
    assert answered.json is not None, answered.text
    return answered.json


def test_a_border_is_crossed_on_pages(world: World) -> None:
    host, there, school = world.client(HOST), world.client(THERE), world.client(LIAISON)
    people = staff(world, PARTNER, 2)
    id_ = released(world)
    asked, own = invitation(world, id_), answer(world, id_)

    assert "等对方区域同意" in host.get(f"/scheduling/sessions/{id_}").text
    page = host.get(f"/scheduling/enrolments/{id_}").text
    assert "1 个区域还没有答复" in page
    assert (school.get(f"/scheduling/answers/{own.id}").status_code, school.get("/scheduling/answers").text.count("集团治理")) == (404, 0)  # fmt: skip
    assert "集团治理" in there.get("/scheduling/invitations").text
    page = there.get(f"/scheduling/invitations/{asked.id}").text
    assert "同意，通知 1 所学校" in page

    refused = there.post(f"/scheduling/invitations/{asked.id}/refusal", data={"reason": " "})
    assert (refused.status_code, "请写明原因" in refused.text) == (422, True)
    assert there.post(f"/scheduling/invitations/{asked.id}/agreement").status_code == 303
    again = there.post(f"/scheduling/invitations/{asked.id}/agreement")
    assert (again.status_code, "已经同意" in again.text) == (409, True)

    limits = {"places": "1", "deadline": "2025-06-08T18:00", "seen": "1"}
    assert host.post(f"/scheduling/enrolments/{id_}", data=limits).status_code == 303
    overtaken = host.post(f"/scheduling/enrolments/{id_}", data={**limits, "places": "7"})
    assert (overtaken.status_code in {409, 412}, 'value="7"' in overtaken.text) == (True, True)

    assert "集团治理" in school.get("/scheduling/answers").text
    nobody = school.post(f"/scheduling/answers/{own.id}/people", data={})
    assert (nobody.status_code, "请选择要报名的人" in nobody.text) == (422, True)
    ids = [str(each) for each in people]
    assert school.post(f"/scheduling/answers/{own.id}/people", data={"people": ids}).status_code == 303
    page = school.get(f"/scheduling/answers/{own.id}").text
    assert "候补第 1 位" in page
    page = host.get(f"/scheduling/enrolments/{id_}").text
    assert "候补 1 人" in page
    assert "教师1" in page

    [first] = [each for each in said(host.get(f"{API}/enrolments/{id_}"))["people"] if each["rank"] == 0]
    gone = school.post(f"/scheduling/answers/{own.id}/people/{first['id']}/withdrawal")
    assert gone.status_code == 303
    assert queue(world, id_) == [("教师1", "withdrawn"), ("教师2", "in")]
    declined = school.post(f"/scheduling/answers/{own.id}/refusal", data={"reason": "期末考试"})
    assert declined.status_code == 303
    assert "期末考试" in host.get(f"/scheduling/enrolments/{id_}").text


def test_a_region_is_invited_from_the_page_and_typed_text_is_kept(world: World) -> None:
    host = world.client(HOST)
    id_ = released(world, schools=(GOLMUD,))
    at = f"/scheduling/enrolments/{id_}/invitations"

    wrong = host.post(at, data={"schools": [str(PARTNER)], "places": "0", "note": "请支持"})
    assert (wrong.status_code, "请支持" in wrong.text, f'value="{PARTNER}" checked' in wrong.text) == (422, True, True)  # fmt: skip
    assert host.post(at, data={"schools": [str(PARTNER), str(DELINGHA)], "places": "3"}).status_code == 303
    assert {(each.region_code, each.state) for each in (invitation(world, id_), invitation(world, id_, "632802"))} == {("520502", "asked"), ("632802", "open")}  # fmt: skip
    asked = invitation(world, id_)
    path = f"/scheduling/enrolments/{id_}/invitations/{asked.id}"
    assert host.post(f"{path}/quota", data={"places": "5", "school_places": ""}).status_code == 303
    assert invitation(world, id_).places == 5
    assert host.post(f"{path}/withdrawal", data={"reason": ""}).status_code == 422
    assert host.post(f"{path}/withdrawal", data={"reason": "改期"}).status_code == 303
    assert invitation(world, id_).state == "withdrawn"


def test_json_says_the_same(world: World) -> None:
    host, there, school = world.client(HOST), world.client(THERE), world.client(LIAISON)
    people = staff(world, PARTNER, 3)
    id_ = released(world)
    [asked] = said(there.get(f"{API}/invitations"))
    assert (asked["state"], asked["schools"], asked["region_code"]) == ("asked", 1, "520502")
    assert said(there.post(f"{API}/invitations/{asked['id']}/agreement"))["state"] == "open"
    quota = host.put(f"{API}/invitations/{asked['id']}/quota", json={"school_places": 2})
    assert said(quota)["school_places"] == 2
    [own] = said(school.get(f"{API}/answers"))
    made = school.post(f"{API}/answers/{own['id']}/people", json={"people": [str(each) for each in people]})
    assert (made.status_code, [each["rank"] for each in said(made)["people"]]) == (201, [0, 0, 1])

    limited_ = host.put(f"{API}/enrolments/{id_}", json={"places": 9, "deadline": "2025-06-03T00:00:00Z"})
    assert (said(limited_)["places"], len(said(limited_)["answers"])) == (9, 2)
    late = school.post(f"{API}/answers/{own['id']}/people", json={"people": [str(people[0])]})
    assert (late.status_code, said(late)["possible"]) == (409, ["withdraw", "decline"])
    wrong = host.put(f"{API}/enrolments/{id_}", json={"places": -1})
    assert (wrong.status_code, list(said(wrong)["errors"])) == (422, ["places"])


@pytest.mark.parametrize("stranger", ["coordinator@region:530000", f"liaison@school:{GOLMUD}"])
def test_nobody_else_sees_what_a_school_is_asked(world: World, stranger: str) -> None:
    id_ = released(world)
    agreed(world, id_)
    own = answer(world, id_)

    for path in (f"/scheduling/answers/{own.id}", f"{API}/answers/{own.id}"):
        assert world.client(stranger).get(path).status_code == 404
        assert (
            world.client(stranger).post(f"{path}/refusal", json={"reason": "x"}, data=None).status_code == 404
        )


def test_pages_ask_the_database_as_often_for_three_as_for_one(world: World) -> None:
    host, school = world.client(HOST), world.client(LIAISON)

    def reads(path: str, client: Any) -> int:
        client.get(path)
        with counting(world.runtime.database) as statements:
            assert client.get(path).status_code == 200
        return len(statements)

    id_ = released(world)
    agreed(world, id_)
    people = staff(world, PARTNER, 3)
    own = answer(world, id_)
    paths = ((f"/scheduling/enrolments/{id_}", host), ("/scheduling/answers", school), (f"/scheduling/answers/{own.id}", school), ("/scheduling/invitations?way=sent", host))  # fmt: skip
    school.post(f"/scheduling/answers/{own.id}/people", data={"people": str(people[0])})
    before = [reads(*each) for each in paths]
    limited(world, id_, places=2)
    school.post(f"/scheduling/answers/{own.id}/people", data={"people": [str(each) for each in people]})
    for place in ("别处", "又一处"):
        agreed(world, released(world, place=place, schools=(GOLMUD, DELINGHA, PARTNER)))

    assert [reads(*each) for each in paths] == before


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_in_both_languages(world: World, language: str) -> None:
    id_ = released(world)
    asked = invitation(world, id_)
    agreed(world, id_)
    own = answer(world, id_)

    for grant, path in (
        (HOST, f"/scheduling/enrolments/{id_}"),
        (HOST, "/scheduling/invitations?way=sent"),
        (THERE, "/scheduling/invitations"),
        (THERE, f"/scheduling/invitations/{asked.id}"),
        (THERE, f"/scheduling/answers/{own.id}"),
        (LIAISON, "/scheduling/answers"),
        (LIAISON, f"/scheduling/answers/{own.id}"),
    ):
        assert world.client(grant, language=language).get(path).status_code == 200


def test_the_list_is_a_workbook(world: World) -> None:
    id_ = released(world)
    agreed(world, id_)
    limited(world, id_, places=1)
    own = answer(world, id_)
    world.client(LIAISON).post(
        f"/scheduling/answers/{own.id}/people",
        data={"people": [str(each) for each in staff(world, PARTNER, 2)]},
    )

    answered = world.client(HOST).get(f"/scheduling/enrolments/{id_}/export.xlsx")

    rows = list(load_workbook(BytesIO(answered.data)).worksheets[0].values)
    assert [row[:7] for row in rows[2:]] == [
        ("七星关区", "七星关区第一中学", "已报名", None, "教师1", "教师", "参加"),
        ("七星关区", "七星关区第一中学", "已报名", None, "教师2", "教师", "候补第 1"),
        ("格尔木市", "格尔木市第一中学", "未答复", None, None, None, None),
    ]


def test_a_county_helps_its_school_although_its_prefecture_was_asked(world: World) -> None:
    host, county = world.client(HOST), world.client(THERE)
    id_ = released(world, schools=(GOLMUD,))
    host.post(f"/scheduling/enrolments/{id_}/invitations", data={"scope": "region:520500"})
    asked = invitation(world, id_, "520500")
    assert county.get(f"/scheduling/invitations/{asked.id}").status_code == 404
    world.client("coordinator@region:520500").post(f"/scheduling/invitations/{asked.id}/agreement")
    [one] = staff(world, PARTNER, 1)

    own = answer(world, id_)
    assert "教师1" in county.get(f"/scheduling/answers/{own.id}").text
    named = county.post(f"/scheduling/answers/{own.id}/people", data={"people": [str(one)]})

    assert (named.status_code, queue(world, id_)) == (303, [("教师1", "in")])
