"""Appraisals: the mean says of how many, missing raters are seen, nobody rates themselves, and what follows from a result."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from services.exchange.appraisals.commands import act, decide_form
from services.exchange.appraisals.model import Appraisal, Dimension, Form
from services.exchange.appraisals.policies import DEFAULTS, Given, Mean, expected, grade_of, outcome, places
from services.exchange.appraisals.queries import shown_of
from services.exchange.placements.model import Placement
from shared.contracts.directory import AccountChanged
from shared.contracts.exchange import ExchangeTask
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.ids import named
from tests.builders import PARTNER, SOMEBODY, House
from tests.services.exchange.office import (
    HOME,
    HOST,
    OURS,
    PENG,
    THEIRS,
    WANG,
    asker,
    lead_to_active,
    now,
    person,
    plan,
    proposed,
    step,
)

FORM = DEFAULTS["support_teaching"]
MENTEE = named("person", "陆青")
BACK = datetime(2026, 7, 20, tzinfo=UTC)


@pytest.fixture
def back(office: House) -> UUID:
    """王亮 is back from a school year at the partner's, where 彭建国 is a colleague and 陆青 was mentored."""
    office.hear(person("陆青", at=PARTNER, last4="2213"))
    office.hear(
        AccountChanged(
            account_id=SOMEBODY,
            version=1,
            enabled=True,
            grants=(f"teacher@school:{PARTNER}",),
            person_id=MENTEE,
        )
    )
    return returned(office)


def returned(office: House, **said: Any) -> UUID:
    office.clock.now = datetime(2025, 9, 1, tzinfo=UTC)
    id_ = proposed(office, plan(**said))
    lead_to_active(office, id_)
    office.clock.now = BACK
    step(office, id_, "return", HOST, on=date(2026, 7, 15))
    return id_


def do(office: House, id_: UUID, verb: str, *grants: str, who: UUID | None = None, **said: Any) -> Appraisal:
    by = asker(*grants, person_id=who)
    return office.database.run(
        lambda tx: act(tx, verb=verb, placement_id=id_, asker=by, said=said), actor="account:a"
    )


def signed_in(office: House, grant: str, *, version: int) -> FlaskClient:
    """Whose account it is now: what an account holds goes before what a token says."""
    office.hear(AccountChanged(account_id=SOMEBODY, version=version, enabled=True, grants=(grant,)))
    return office.client(grant)


def rated(office: House, id_: UUID, *, host: int = 80, peer: int = 80, mentee: int = 80) -> None:
    do(office, id_, "gate", HOST, passed=True)
    do(office, id_, "name", HOST, people=[PENG], role="peer")
    do(office, id_, "name", HOST, people=[MENTEE], role="mentee")
    do(office, id_, "rate", HOST, scores={"教学实绩": host, "带动当地教师": host})
    do(office, id_, "rate", who=PENG, scores={"协作教研": peer})
    do(office, id_, "rate", who=MENTEE, scores={"带动当地教师": mentee})


def kept(office: House, id_: UUID) -> Appraisal:
    with office.database.reading() as db:
        found = db.get(Appraisal, id_)
    assert found is not None
    return found


def test_a_dimension_says_of_how_many_it_is_and_who_is_missing() -> None:
    ratings = [
        Given(rater="host", scores={"教学实绩": 90, "带动当地教师": 70}),
        Given(rater="mentee:a", scores={"带动当地教师": 100}),
    ]
    people = [("mentee", "a"), ("mentee", "b"), ("peer", "c")]

    some = outcome(FORM, people, ratings)
    all_ = outcome(FORM, people, [*ratings, Given(rater="peer:c", scores={"协作教研": 50})])

    assert expected(FORM, []) == ("host", "peer", "mentee")
    assert some.means == [
        Mean(name="教学实绩", weight=40, score=90.0, n=1, missing=0),
        Mean(name="带动当地教师", weight=40, score=85.0, n=2, missing=1),
        Mean(name="协作教研", weight=20, score=None, n=0, missing=1),
    ]
    assert (some.score, some.missing) == (None, ("peer:c", "mentee:b"))
    assert (all_.score, all_.missing) == (90 * 0.4 + 85 * 0.4 + 50 * 0.2, ("mentee:b",))


@pytest.mark.parametrize(
    ("score", "gate", "grade"),
    [(90.0, True, "excellent"), (89.99, True, "good"), (75.0, True, "good"), (60.0, True, "basic"), (59.9, True, "failed"), (95.0, False, "failed")],
)  # fmt: skip
def test_grades_by_score_and_no_score_without_the_gate(score: float, grade: str, *, gate: bool) -> None:
    assert grade_of(FORM, score, gate=gate) == grade


def test_at_most_a_fifth_is_excellent_and_one_where_they_are_few() -> None:
    assert [places(FORM, appraised) for appraised in (1, 9, 10, 24, 25)] == [1, 1, 2, 4, 5]


def test_three_raters_and_the_placement_goes_on(office: House, back: UUID) -> None:
    rated(office, back, host=80, peer=70, mentee=90)

    done = do(office, back, "decide", HOST)

    assert (done.score, done.grade, done.raters, done.missing_why) == (80.0, "good", 3, "")
    assert now(office, back).state == "appraised"
    with pytest.raises(Refusal, match="decided"):
        do(office, back, "rate", HOST, scores={"教学实绩": 1, "带动当地教师": 1})
    do(office, back, "reward", OURS, text="评优优先")
    do(office, back, "adopt", HOME, text="采用了分层作业")
    assert (kept(office, back).reward, kept(office, back).adopted) == ("评优优先", "采用了分层作业")


def test_without_all_raters_it_is_decided_with_a_reason_alone_and_without_a_dimension_not_at_all(
    office: House, back: UUID
) -> None:
    with pytest.raises(Refusal, match="师德与出勤"):
        do(office, back, "decide", HOST)
    do(office, back, "gate", HOST, passed=True)
    do(office, back, "rate", HOST, scores={"教学实绩": 80, "带动当地教师": 80})
    with pytest.raises(Refusal, match="协作教研"):
        do(office, back, "decide", HOST, missing_why="放假了")
    do(office, back, "name", HOST, people=[PENG], role="peer")
    do(office, back, "rate", who=PENG, scores={"协作教研": 60})
    with pytest.raises(Invalid) as refused:
        do(office, back, "decide", HOST)
    assert refused.value.field == "missing_why"

    done = do(office, back, "decide", HOST, missing_why="被带教教师已调离")

    assert (done.score, done.raters, done.missing_why) == (76.0, 2, "被带教教师已调离")


def test_who_is_a_party_rates_nobody(office: House, back: UUID) -> None:
    with pytest.raises(Forbidden, match="no party"):
        do(office, back, "rate", HOST, who=WANG, scores={"教学实绩": 100, "带动当地教师": 100})
    with pytest.raises(Invalid, match="no party"):
        do(office, back, "name", HOST, people=[WANG], role="peer")
    with pytest.raises(Forbidden):
        do(office, back, "rate", HOME, scores={"教学实绩": 100})
    with pytest.raises(NotFound):
        do(office, back, "rate", who=named("person", "刘杨"), scores={"教学实绩": 100})
    with pytest.raises(Forbidden):
        do(office, back, "decide", HOME)
    with pytest.raises(Invalid, match="from 0 to 100"):
        do(office, back, "rate", HOST, scores={"教学实绩": 101, "带动当地教师": 0})


def test_the_share_of_excellent_is_capped_by_region_and_year(either_office: House) -> None:
    office = either_office
    office.hear(person("陆青", at=PARTNER, last4="2213"), person("马兰", last4="3344"))
    first, second = returned(office), returned(office, person_id=named("person", "马兰"))
    for each in (first, second):
        rated(office, each, host=95, peer=95, mentee=95)

    assert do(office, first, "decide", HOST).grade == "excellent"
    with pytest.raises(Refusal, match="At most 20%"):
        do(office, second, "decide", HOST)
    assert do(office, second, "decide", HOST, lower=True).grade == "good"


def test_a_poor_result_has_a_plan_that_the_home_school_follows_up(office: House, back: UUID) -> None:
    rated(office, back, host=50, peer=65, mentee=50)
    assert do(office, back, "decide", HOST).grade == "failed"
    with pytest.raises(Refusal):
        do(office, back, "reward", OURS, text="x")
    with pytest.raises(Invalid) as late:
        do(office, back, "plan", OURS, text="每月一次公开课", due=date(2026, 7, 20))
    assert late.value.field == "due"

    do(office, back, "plan", OURS, text="每月一次公开课", due=date(2026, 12, 31))
    [task] = [
        each
        for each in office.said()
        if isinstance(each, ExchangeTask) and "跟进改进计划" in each.sentence_zh and each.audiences
    ]
    assert (task.audiences, task.due) == ((HOME,), datetime(2026, 12, 31, 16, tzinfo=UTC))
    do(office, back, "follow", HOME, text="三次公开课，已改进")

    last = [
        each
        for each in office.said()
        if isinstance(each, ExchangeTask) and "跟进改进计划" in each.sentence_zh
    ][-1]
    assert last.audiences == ()
    with pytest.raises(Refusal):
        do(office, back, "follow", HOME, text="又一次")


def test_an_appeal_is_made_once_in_time_and_answered_by_the_home_region(office: House, back: UUID) -> None:
    rated(office, back, host=70, peer=70, mentee=70)
    do(office, back, "decide", HOST)
    with pytest.raises(Forbidden):
        do(office, back, "appeal", HOME, text="x")

    do(office, back, "appeal", who=WANG, text="缺了两次听课记录")
    with pytest.raises(Forbidden):
        do(office, back, "answer", THEIRS, text="维持")
    done = do(office, back, "answer", OURS, text="补录后改为合格", grade="good")

    assert (done.state, done.grade, done.score) == ("decided", "good", 70.0)
    with pytest.raises(Refusal, match="once"):
        do(office, back, "appeal", who=WANG, text="再来")


def test_an_appeal_comes_too_late_after_fifteen_days(office: House, back: UUID) -> None:
    rated(office, back)
    do(office, back, "decide", HOST)
    office.clock.move(timedelta(days=16))

    with pytest.raises(Refusal, match="15 days"):
        do(office, back, "appeal", who=WANG, text="迟了")


@pytest.mark.parametrize(
    "said",
    [
        {"dimensions": (Dimension(name="a", weight=99),)},
        {"dimensions": (Dimension(name="a", weight=50), Dimension(name="a", weight=50))},
        {"dimensions": (Dimension(name="a", weight=100, roles=("boss",)),)},
        {"dimensions": (Dimension(name="a", weight=100),), "levels": (60, 75, 90)},
    ],
)
def test_a_form_that_cannot_be_is_refused(said: Mapping[str, Any]) -> None:
    with pytest.raises(Invalid):
        Form(**said).insist()


def test_a_new_form_holds_for_appraisals_that_have_not_begun(office: House, back: UUID) -> None:
    do(office, back, "gate", HOST, passed=True)
    form = Form(dimensions=(Dimension(name="实绩", weight=100, roles=("home",)),))
    office.database.run(
        lambda tx: decide_form(
            tx, region="632800", kind="support_teaching", form=form, why="州考核办法", scopes=["all"]
        ),
        actor="account:a",
    )
    office.hear(person("马兰", last4="3344"))
    later = returned(office, person_id=named("person", "马兰"))

    with office.database.reading() as db:
        forms = [
            shown_of(db, placement).form for id_ in (back, later) if (placement := db.get(Placement, id_))
        ]
    assert [[each.name for each in form_.dimensions] for form_ in forms] == [
        ["教学实绩", "带动当地教师", "协作教研"],
        ["实绩"],
    ]


def test_the_pages_of_a_rater_and_of_the_host(office: House, back: UUID) -> None:
    page = f"/exchange/placements/{back}/appraisal"
    teacher = office.client(f"teacher@school:{PARTNER}")
    assert teacher.get(page).status_code == 404
    do(office, back, "name", HOST, people=[MENTEE], role="mentee")
    [task] = [
        each
        for each in office.said()
        if isinstance(each, ExchangeTask) and each.sentence_zh.startswith("请你评价")
    ]
    assert task.audiences == (f"account:{SOMEBODY}",)

    mine = teacher.get(page).text
    assert ("你的评价" in mine, "各维度" in mine, "自评" in mine) == (True, False, False)
    wrong = teacher.post(f"{page}/rate", data={"score:带动当地教师": "300", "comment": "很有帮助"})
    assert (wrong.status_code, "很有帮助" in wrong.text) == (422, True)
    assert (
        teacher.post(f"{page}/rate", data={"score:带动当地教师": "88", "comment": "很有帮助"}).status_code
        == 303
    )

    office.hear(AccountChanged(account_id=SOMEBODY, version=2, enabled=True, grants=(HOST,), person_id=None))
    host = office.client(HOST)
    seen = host.get(page).text
    assert ("很有帮助" in seen, "有维度还没有人评价" in seen) == (True, True)
    assert host.post(f"{page}/decide", data={}).status_code == 409
    assert host.post(f"{page}/gate", data={"passed": "true"}).status_code == 303
    assert host.post(f"{page}/surprise", data={}).status_code == 404


def test_the_appraisal_in_json(office: House, back: UUID) -> None:
    rated(office, back)
    client, api = signed_in(office, HOST, version=2), f"/exchange/api/v1/placements/{back}/appraisal"

    for verb, wrong_body, field in (
        ("rate", {"scores": "x"}, "scores"),
        ("rate", {"scores": {"教学实绩": "abc"}}, "scores"),
        ("name", {"people": ["x"], "role": "peer"}, "people"),
        ("gate", {"passed": "maybe"}, "passed"),
    ):
        refused = client.post(f"{api}/{verb}", json=wrong_body)
        told: dict[str, Any] = refused.get_json()
        assert (refused.status_code, list(told["errors"])) == (422, [field])
    done = client.post(f"{api}/decide", json={})

    said: dict[str, Any] = done.get_json()
    assert (done.status_code, said["grade"], said["score"], said["given"]) == (200, "good", 80.0, 3)
    forms = "/exchange/api/v1/appraisal-forms/632801"
    whole = {
        "kind": "rotation",
        "why": "试行",
        "dimensions": [{"name": "实绩", "weight": 100, "roles": ["host"]}],
    }
    ours = signed_in(office, OURS, version=3)
    made = ours.post(forms, json=whole)
    assert (made.status_code, made.get_json()["forms"][0]["number"]) == (201, 1)
    wrong: dict[str, Any] = ours.post(forms, json={**whole, "dimensions": [], "levels": [1, 2, 3]}).get_json()
    assert set(wrong["errors"]) == {"dimensions", "levels"}
    assert signed_in(office, THEIRS, version=4).post(forms, json=whole).status_code == 403


def test_a_regions_form_is_decided_on_a_page_that_keeps_what_was_typed(office: House) -> None:
    client, path = office.client(OURS), "/exchange/appraisal-forms/632800"
    assert client.get(path).text.count("默认表") >= 3
    usual = client.get(f"{path}/rotation").text
    assert ('value="教学实绩"' in usual, 'name="seen" value="0"' in usual) == (True, True)
    form: dict[str, Any] = {
        "gate": "师德与出勤",
        "excellent_share": "15",
        "levels": ["85", "70", "60"],
        "why": "州考核办法",
        "seen": "0",
        "name-0": "实绩",
        "weight-0": "60",
        "roles-0": ["host", "peer"],
        "name-2": "带动",
        "weight-2": "30",
        "roles-2": ["home"],
    }

    wrong = client.post(f"{path}/rotation", data={**form, "levels": ["60", "70", "85"], "why": ""})
    assert wrong.status_code == 422
    assert ('value="带动"' in wrong.text, 'value="85"' in wrong.text) == (True, True)
    for sentence in ("三个等级的分数要从高到低", "权重合计要等于 100，现在是 90"):
        assert sentence in wrong.text
    none = client.post(f"{path}/rotation", data={**form, "weight-2": "40", "why": ""})
    assert (none.status_code, "请填写" in none.text, 'value="实绩"' in none.text) == (422, True, True)
    made = client.post(f"{path}/rotation", data={**form, "weight-2": "40"})
    assert made.status_code == 303
    stale = client.post(f"{path}/rotation", data={**form, "weight-2": "40", "why": "又一版"})
    assert (stale.status_code, "又一版" in stale.text, 'name="seen" value="1"' in stale.text) == (
        412,
        True,
        True,
    )
    assert client.get(f"{path}/surprise").status_code == 404
    elsewhere = client.post("/exchange/appraisal-forms/520502/rotation", data={**form, "weight-2": "40"})
    assert elsewhere.status_code == 403

    page = office.client(HOST).get(path).text
    assert ("接收学校、同事" in page, "优秀不超过 15%" in page, "制定第" in page) == (True, True, False)
    county = client.get("/exchange/appraisal-forms/632801").text
    assert "执行海西蒙古族藏族自治州的第 1 版" in county
