"""Pages of placements: what each reader sees, the verbs that are possible, and what was typed kept."""

from datetime import date
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.builders import DELINGHA, GOLMUD, PARTNER, House, counted
from tests.services.exchange.office import (
    HOME,
    HOST,
    LIU,
    OURS,
    PENG,
    THEIRS,
    WANG,
    lead_to_active,
    plan,
    proposed,
    step,
)

FORM = {
    "person_id": str(WANG),
    "origin_school_id": str(GOLMUD),
    "host_school_id": str(PARTNER),
    "kind": "support_teaching",
    "starts_on": "2025-09-01",
    "ends_on": "2026-07-15",
    "remark": "初二数学",
}


def take(office: House, id_: object, grant: str, verb: str, **said: str) -> TestResponse:
    return office.client(grant).post(f"/exchange/placements/{id_}/steps", data={"verb": verb, **said})


def test_from_the_form_to_the_arrival_in_a_browser(office: House) -> None:
    made = office.client(HOME).post("/exchange/placements", data=FORM)
    assert made.status_code == 303
    id_ = made.headers["Location"].rpartition("/")[2]
    for grant, verb in ((HOST, "accept"), (OURS, "agree"), (THEIRS, "agree"), (HOST, "start")):
        assert take(office, id_, grant, verb).status_code == 303, verb

    page = office.client(HOST).get(f"/exchange/placements/{id_}").text

    assert "在岗" in page
    assert "初二数学" in page
    assert page.count("<li><strong>") == 6
    assert 'value="review"' in page
    assert 'value="agree"' not in page


@pytest.mark.parametrize(
    ("grant", "sees"),
    [(HOME, {"withdraw"}), (HOST, {"accept", "refuse"}), (OURS, set()), (THEIRS, set())],
)
def test_a_page_offers_the_verbs_that_are_possible_and_no_other(
    office: House, grant: str, sees: set[str]
) -> None:
    id_ = proposed(office)

    page = office.client(grant).get(f"/exchange/placements/{id_}").text

    offered = {verb for verb in ("nominate", "accept", "agree", "start", "refuse", "withdraw", "close")
               if f'name="verb" value="{verb}"' in page}  # fmt: skip
    assert offered == sees


def test_a_reason_that_is_missing_is_asked_for_and_one_that_is_given_is_shown(office: House) -> None:
    id_ = proposed(office)

    missing = take(office, id_, HOST, "refuse", reason="   ")
    assert missing.status_code == 422
    assert "请写明原因" in missing.text
    assert take(office, id_, HOST, "refuse", reason="本校这学期不缺数学教师").status_code == 303

    assert "本校这学期不缺数学教师" in office.client(HOME).get(f"/exchange/placements/{id_}").text


def test_what_is_not_possible_is_refused_with_what_is_and_a_stale_page_is_told(office: House) -> None:
    id_ = proposed(office)

    early = take(office, id_, HOST, "start")
    assert (early.status_code, "现在可以：同意接收、不同意" in early.text) == (409, True)
    step(office, id_, "accept", HOST)
    stale = take(office, id_, OURS, "agree", seen="2")
    assert (stale.status_code, "已有变动" in stale.text) == (412, True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"host_school_id": str(GOLMUD)}, "同一所学校"),
        ({"ends_on": "2025-08-01"}, "早于"),
        ({"person_id": str(LIU), "kind": "rotation"}, "教师〔2014〕4号"),
        ({"starts_on": ""}, "请填写这一项"),
        ({"relation_moves": "true"}, "人事关系留在派出学校"),
    ],
)
def test_a_form_that_cannot_be_comes_back_with_the_rule_and_what_was_typed(
    office: House, change: dict[str, str], says: str
) -> None:
    answer = office.client(HOME).post("/exchange/placements", data={**FORM, **change})

    assert answer.status_code == 422
    assert says in answer.text
    assert "初二数学" in answer.text


def test_a_pair_is_asked_for_on_one_form(office: House) -> None:
    more = office.client(OURS).post("/exchange/placements", data={**FORM, "pair": "yes", "more": "yes"})
    assert (more.status_code, str(PENG) in more.text) == (200, True)

    made = office.client(OURS).post(
        "/exchange/placements", data={**FORM, "pair": "yes", "other_person_id": str(PENG)}
    )

    assert made.status_code == 303
    assert "彭建国" in office.client(OURS).get(made.headers["Location"]).text


def test_the_board_says_who_waits_for_whom(office: House) -> None:
    id_ = proposed(office)
    app = office.app()

    theirs = office.client(HOST, app=app).get("/exchange/").text
    assert "1 条等你办理" in theirs
    assert f"/exchange/placements/{id_}" in theirs
    assert "没有等你办理的" in office.client(HOME, app=app).get("/exchange/").text
    step(office, id_, "accept", HOST)
    step(office, id_, "agree", OURS)
    assert "没有等你办理的" in office.client(OURS, app=app).get("/exchange/").text
    assert "1 条等你办理" in office.client(THEIRS, app=app).get("/exchange/").text


def test_lists_filter_by_what_the_address_says_and_by_right(office: House) -> None:
    proposed(office)
    second = proposed(office, plan(person_id=LIU, host_school_id=DELINGHA, kind="job_shadowing"))
    app = office.app()

    def found(grant: str, query: str = "") -> int:
        page = office.client(grant, app=app).get(f"/exchange/placements{query}")
        assert page.status_code == 200, query
        return page.text.count("/exchange/placements/0")

    assert (found(OURS), found(HOST), found(f"liaison@school:{DELINGHA}")) == (2, 1, 1)
    assert found(OURS, "?q=王") == found(OURS, "?kind=job_shadowing") == found(OURS, "?region=520502") == 1
    assert found(OURS, "?year=2024") == found(OURS, "?state=closed") == 0
    assert found(HOST, "?waiting=me") == 1
    assert (
        f"/exchange/placements/{second}" in office.client(OURS, app=app).get("/exchange/placements?q=刘").text
    )
    assert office.client(OURS, app=app).get("/exchange/placements?colour=red").status_code == 422


@pytest.mark.parametrize("path", ["/exchange/", "/exchange/placements", "/exchange/card", "/exchange/flows"])
def test_a_page_asks_the_database_the_same_number_of_questions_for_one_and_for_three(
    office: House, path: str
) -> None:
    app = office.app()
    proposed(office)

    def asked() -> int:
        with counted(office.database) as sent:
            assert office.client(OURS, app=app).get(path).status_code == 200
        return len(sent)

    asked()  # keys and accounts are read once
    one = asked()
    proposed(office, plan(person_id=LIU, kind="job_shadowing"))
    proposed(office, plan(starts_on=date(2026, 9, 1), ends_on=date(2027, 7, 1)))

    assert asked() == one


def test_flows_are_a_picture_with_its_numbers_beside(office: House) -> None:
    id_ = proposed(office)
    lead_to_active(office, id_)

    page = office.client(OURS, language="en").get("/exchange/flows?year=2025").text

    assert "七星关区 1" in page
    assert 'role="img"' in page
    assert f"/exchange/placements?region=632801&amp;year=2025" in page  # noqa: F541


def test_a_teachers_page_shows_the_years(office: House) -> None:
    id_ = proposed(office)

    page = office.client(HOST).get(f"/exchange/teachers/{WANG}")

    assert (page.status_code, str(id_) in page.text) == (200, True)
    assert office.client(f"liaison@school:{DELINGHA}").get(f"/exchange/teachers/{WANG}").status_code == 404


def test_a_placement_of_others_is_not_there(office: House) -> None:
    id_ = proposed(office)
    stranger = office.client(f"liaison@school:{DELINGHA}")

    assert stranger.get(f"/exchange/placements/{id_}").status_code == 404
    assert stranger.post(f"/exchange/placements/{id_}/steps", data={"verb": "accept"}).status_code == 404


def test_json_does_what_pages_do(office: House) -> None:
    client = office.client(HOME)
    body = {**FORM, "relation_moves": False}
    made = client.post("/exchange/api/v1/placements", json=body)
    assert (made.status_code, made.json["state"]) == (201, "nominated")  # type: ignore[index]
    path = made.headers["Location"]

    stepped = office.client(HOST).post(f"{path}/steps", json={"verb": "accept", "seen": 2})
    assert stepped.json["state"] == "accepted"  # type: ignore[index]
    again = office.client(HOST).post(f"{path}/steps", json={"verb": "accept", "seen": 2})
    assert (again.status_code, again.json["seen"], again.json["now"]) == (412, 2, 3)  # type: ignore[index]
    wrong = client.post("/exchange/api/v1/placements", json={**body, "host_school_id": str(GOLMUD)})
    assert wrong.status_code == 422
    assert "host_school_id" in wrong.text
    assert client.get(path).headers["ETag"] == '"3"'


def test_what_nobody_would_choose_is_refused_at_its_field(office: House) -> None:
    placed = proposed(office)
    form = {
        "kind": "holiday",
        "origin_school_id": str(GOLMUD),
        "host_school_id": str(PARTNER),
        "person_id": str(LIU),
        "starts_on": "2025-09-01",
        "ends_on": "2026-07-15",
        "remark": "家住德令哈",
    }

    answer = office.client(HOME).post("/exchange/placements", data=form)
    step = office.client(HOST).post(f"/exchange/api/v1/placements/{placed}/steps", json={"verb": "surprise"})

    log = office.client(HOST).post(
        f"/exchange/api/v1/placements/{placed}/duties",
        json={"kind": "nope", "done_on": "2025-10-01", "text": "x"},
    )
    assert (log.status_code, office.client(OURS).get("/exchange/flows?year=0000").status_code) == (422, 200)
    far = office.client(OURS).get(f"/exchange/api/v1/placements?offset={10**20}")
    closing = office.client(OURS).post("/exchange/api/v1/compliance/632801/closing", json={"year": 10**30})
    assert (far.status_code, closing.status_code) == (422, 404)
    assert (answer.status_code, 'href="#kind"' in answer.text, "家住德令哈" in answer.text) == (
        422,
        True,
        True,
    )
    said: dict[str, Any] = step.get_json()
    assert (step.status_code, list(said["errors"])) == (422, ["verb"])
