"""Agreements: the same said in another order is the same, and everybody approves exactly what they looked at."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from services.exchange.agreements.commands import (
    answer_agreement,
    ask_parties,
    draft_agreement,
    renew_line,
    revise_agreement,
    terminate_agreement,
    withdraw_agreement,
)
from services.exchange.agreements.model import Agreement, Content, Dimension, Line, Terms
from services.exchange.agreements.policies import Difference, differences
from shared.contracts.exchange import AgreementChanged, ExchangeTask
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.ids import uuid7
from tests.builders import DELINGHA, House
from tests.services.exchange.office import (
    HAIXI,
    HOME,
    LIU,
    OURS,
    QIXINGGUAN,
    THEIRS,
    WANG,
    asker,
    plan,
    proposed,
)

PARTIES = [f"region:{HAIXI}", f"region:{QIXINGGUAN}"]
TODAY = date(2025, 6, 3)


def terms(**said: Any) -> Terms:
    usual: dict[str, Any] = {
        "title": "海西—七星关教师交流协议",
        "starts_on": date(2025, 9, 1),
        "ends_on": date(2028, 8, 31),
        "lines": (
            Line(kind="support_teaching", number=1, stage="junior", subject="数学"),
            Line(kind="job_shadowing", number=20),
        ),
        "criteria": ("县级以上骨干", "任教满六年"),
        "host_duties": ("安排住宿", "配备带教教师"),
        "targets": {"demonstration_lesson": 4, "lecture": 2},
        "dimensions": (Dimension(name="教学实绩", weight=60), Dimension(name="带动本校教师", weight=40)),
        "subsidies": {"support_teaching": 200_000},
    }
    return Terms(**{**usual, **said})


def drafted(office: House, said: Terms | None = None) -> UUID:
    id_ = uuid7()
    office.database.run(
        lambda tx: draft_agreement(tx, id_=id_, parties=PARTIES, terms=said or terms(), asker=asker(OURS)).id,
        actor="account:a",
    )
    return id_


def do(office: House, verb: Any, id_: UUID, by: str, **said: Any) -> None:
    office.database.run(lambda tx: verb(tx, agreement_id=id_, asker=asker(by), **said).id, actor="account:a")


def now(office: House, id_: UUID) -> Agreement:
    with office.database.reading() as db:
        found = db.get(Agreement, id_)
    assert found is not None
    return found


def content(office: House, id_: UUID, number: int) -> Content:
    with office.database.reading() as db:
        found = db.get(Content, (id_, number))
    assert found is not None
    return found


def approve(office: House, id_: UUID, by: str, number: int, **more: Any) -> None:
    seen = content(office, id_, number)
    do(office, answer_agreement, id_, by, number=number, sha256=seen.sha256, **{"approved": True, **more})


def in_force(office: House) -> UUID:
    id_ = drafted(office)
    do(office, ask_parties, id_, OURS)
    approve(office, id_, THEIRS, 1)
    return id_


@given(st.permutations(range(4)), st.permutations(range(2)))
def test_the_order_in_which_conditions_are_said_does_not_change_what_is_approved(
    order: list[int], two: list[int]
) -> None:
    lines = [Line(kind="rotation", number=number + 1, subject=f"学科{number}") for number in range(4)]
    criteria = ["甲", "乙"]
    one = terms(lines=tuple(lines), criteria=tuple(criteria))
    other = terms(
        lines=tuple(lines[i] for i in order),
        criteria=tuple(criteria[i] for i in two),
        title=f" {one.title}  ",
    )

    assert one.sha256 == other.sha256
    assert dataclasses.replace(one, notice_days=31).sha256 != one.sha256
    assert Terms.of(one.written()) == one


def test_both_agree_on_one_content_and_then_it_is_in_force(office: House) -> None:
    id_ = drafted(office)
    assert (now(office, id_).state, now(office, id_).in_force) == ("draft", None)
    do(office, ask_parties, id_, OURS)
    tasks = [each for each in office.said() if isinstance(each, ExchangeTask)]
    assert (tasks[-1].audiences, tasks[-1].closed_at) == ((f"coordinator@region:{QIXINGGUAN}",), None)

    approve(office, id_, THEIRS, 1)

    assert (now(office, id_).state, now(office, id_).in_force) == ("agreed", 1)
    told = [
        (each.step, each.state, each.waiting) for each in office.said() if isinstance(each, AgreementChanged)
    ]
    assert told == [("draft", "draft", ()), ("ask", "asked", (PARTIES[1],)), ("approve", "agreed", ())]


def test_an_edit_during_approval_is_answered_409_and_restarts_it(office: House) -> None:
    id_ = drafted(office)
    do(office, ask_parties, id_, OURS)
    do(office, revise_agreement, id_, OURS, terms=terms(notice_days=60))

    with pytest.raises(Refusal, match="version 1; it is version 2 now"):
        approve(office, id_, THEIRS, 1)
    assert now(office, id_).state == "asked"

    approve(office, id_, THEIRS, 2)
    assert now(office, id_).in_force == 2


def test_what_is_agreed_stays_in_force_while_the_next_version_waits(office: House) -> None:
    id_ = in_force(office)
    do(office, revise_agreement, id_, THEIRS, terms=terms(notice_days=60))
    assert (now(office, id_).state, now(office, id_).content, now(office, id_).in_force) == ("asked", 2, 1)

    approve(office, id_, OURS, 2, approved=False, reason="六十天太长")

    assert (now(office, id_).state, now(office, id_).in_force) == ("rejected", 1)
    assert content(office, id_, 1).sha256 == terms().sha256  # never changed


def test_one_line_is_renewed_and_the_rest_stays(office: House) -> None:
    id_ = in_force(office)

    do(office, renew_line, id_, OURS, line=1, until=date(2029, 8, 31), number=30)

    was, is_ = (Terms.of(content(office, id_, number).terms) for number in (1, 2))
    assert differences(was, is_) == [
        Difference("lines", "job_shadowing · 20", None),
        Difference("lines", None, "job_shadowing · 30 · 2029-08-31"),
    ]
    assert now(office, id_).state == "asked"


def test_a_withdrawal_leaves_what_was_agreed_and_a_termination_keeps_its_notice(office: House) -> None:
    id_ = in_force(office)
    do(office, revise_agreement, id_, OURS, terms=terms(notice_days=60))
    do(office, withdraw_agreement, id_, OURS, reason="再议")
    assert (now(office, id_).state, Terms.of(content(office, id_, 3).terms)) == ("agreed", terms())

    with pytest.raises(Invalid, match="2025-07-03 at the earliest"):
        do(office, terminate_agreement, id_, THEIRS, on=date(2025, 7, 2), today=TODAY, reason="经费调整")
    do(office, terminate_agreement, id_, THEIRS, on=date(2025, 7, 3), today=TODAY, reason="经费调整")
    assert (now(office, id_).state, now(office, id_).terminated_on) == ("terminated", date(2025, 7, 3))


def test_nobody_answers_twice_or_for_another_and_strangers_see_nothing(office: House) -> None:
    id_ = drafted(office)
    do(office, ask_parties, id_, OURS)
    with pytest.raises(Refusal, match="answered already"):
        approve(office, id_, OURS, 1)
    with pytest.raises(NotFound):
        approve(office, id_, "coordinator@region:530627", 1)
    with pytest.raises(Forbidden):
        office.database.run(
            lambda tx: (
                draft_agreement(
                    tx, id_=uuid7(), parties=PARTIES, terms=terms(), asker=asker("coordinator@region:530627")
                ).id
            ),
            actor="account:a",
        )


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"title": ""}, "title"),
        ({"ends_on": date(2025, 8, 31)}, "ends_on"),
        ({"lines": ()}, "lines"),
        ({"lines": (Line(kind="rotation", number=0),)}, "lines"),
        ({"dimensions": (Dimension(name="教学", weight=99),)}, "dimensions"),
        ({"subsidies": {"rotation": -1}}, "subsidies"),
        ({"notice_days": 400}, "notice_days"),
    ],
)
def test_terms_that_cannot_be_are_refused(office: House, said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as invalid:
        drafted(office, terms(**said))
    assert invalid.value.field == field


def test_a_placement_is_held_to_its_agreement(office: House) -> None:
    id_ = drafted(office)
    with pytest.raises(Refusal, match="not in force"):
        proposed(office, plan(agreement_id=id_))
    do(office, ask_parties, id_, OURS)
    approve(office, id_, THEIRS, 1)

    for said, field, says in (
        ({"host_school_id": DELINGHA}, "host_school_id", "同一方"),
        ({"starts_on": date(2029, 9, 1), "ends_on": date(2030, 7, 1)}, "starts_on", "不在其中"),
        ({"kind": "rotation"}, "kind", "没有约定"),
    ):
        with pytest.raises(Invalid) as invalid:
            proposed(office, plan(agreement_id=id_, **said))
        assert (invalid.value.field, says in invalid.value.sentence.zh) == (field, True), (
            invalid.value.sentence
        )

    proposed(office, plan(agreement_id=id_))
    with pytest.raises(Invalid, match="all places are taken"):
        proposed(office, plan(agreement_id=id_, person_id=LIU))
    proposed(office, plan(agreement_id=id_, person_id=LIU, kind="job_shadowing"))


FORM: dict[str, Any] = {
    "title": "海西—七星关教师交流协议",
    "parties": PARTIES,
    "starts_on": "2025-09-01",
    "ends_on": "2028-08-31",
    "line_kind": ["support_teaching", "rotation"],
    "line_stage": ["junior", ""],
    "line_subject": ["数学", ""],
    "line_number": ["2", ""],
    "line_until": ["", ""],
    "criteria": "县级以上骨干\n任教满六年",
    "target_lecture": "2",
    "dimensions": "教学实绩 60\n带动本校教师：40%",
    "subsidy_support_teaching": "2,000.50",
    "notice_days": "30",
}


def post(office: House, by: str, path: str, data: dict[str, Any]) -> TestResponse:
    return office.client(by).post(path, data=data)


def test_in_a_browser_they_draft_ask_look_at_the_difference_and_approve(office: House) -> None:
    made = post(office, OURS, "/exchange/agreements", FORM)
    assert made.status_code == 303, made.text
    path = made.headers["Location"]
    id_ = UUID(path.rpartition("/")[2])
    assert Terms.of(content(office, id_, 1).terms).subsidies == {"support_teaching": 200_050}
    assert post(office, OURS, f"{path}/steps", {"verb": "ask", "seen": "1"}).status_code == 303
    revised = post(office, OURS, f"{path}/revision", {**FORM, "line_number": ["3", ""], "note": "再加一人"})
    assert revised.status_code == 303, revised.text

    stale = post(
        office, THEIRS, f"{path}/answers",
        {"number": "1", "sha256": content(office, id_, 1).sha256, "answer": "approve"},
    )  # fmt: skip
    assert (stale.status_code, "对方已改为第 2 版" in stale.text) == (409, True)
    seen = office.client(THEIRS).get(f"{path}/differences?of=1&to=2").text
    assert "<del>支教 · 2 · 初中 · 数学</del>" in seen
    assert "<ins>支教 · 3 · 初中 · 数学</ins>" in seen
    assert "1 份等你答复" in office.client(THEIRS).get("/exchange/agreements").text
    agreed = post(
        office, THEIRS, f"{path}/answers",
        {"number": "2", "sha256": content(office, id_, 2).sha256, "answer": "approve"},
    )  # fmt: skip
    assert agreed.status_code == 303
    assert "已生效" in office.client(OURS).get(path).text
    assert office.client("coordinator@region:530627").get(path).status_code == 404
    assert "海西—七星关教师交流协议" in office.client(HOME).get("/exchange/placements/new").text


def test_a_form_that_cannot_be_keeps_what_was_typed(office: House) -> None:
    answer = post(
        office,
        OURS,
        "/exchange/agreements",
        {**FORM, "dimensions": "教学实绩 60", "subsidy_rotation": "免费"},
    )

    assert answer.status_code == 422
    assert "合计要等于 100，现在是 60" in answer.text
    assert "补助填元" in answer.text
    assert "任教满六年" in answer.text


def test_a_stale_revision_is_told_and_kept(office: House) -> None:
    id_ = drafted(office)
    answer = post(office, OURS, f"/exchange/agreements/{id_}/revision", {**FORM, "seen": "7"})
    assert (answer.status_code, "任教满六年" in answer.text) == (412, True)


def test_reasons_are_asked_for_on_the_page(office: House) -> None:
    id_ = in_force(office)
    answer = post(
        office, OURS, f"/exchange/agreements/{id_}/steps", {"verb": "terminate", "on": "2025-12-01"}
    )
    assert (answer.status_code, "请写明原因" in answer.text) == (422, True)


@pytest.mark.parametrize("number", ["0", "many", "1001"])
def test_a_line_is_renewed_for_a_number_of_people_that_can_be(office: House, number: str) -> None:
    id_ = in_force(office)
    said = {"verb": "renew", "line": "0", "on": "2029-08-31", "number": number}
    answer = post(office, OURS, f"/exchange/agreements/{id_}/steps", said)
    assert answer.status_code == 422


def test_schools_of_a_party_see_what_is_in_force_and_change_nothing(office: House) -> None:
    draft, agreed = drafted(office, terms(title="还是草稿")), in_force(office)
    foreign = office.client("liaison@school:0197a000-0000-7000-8000-000000000009")

    assert office.client(HOME).get(f"/exchange/agreements/{agreed}").status_code == 200
    assert "修改为第" not in office.client(HOME).get(f"/exchange/agreements/{agreed}").text
    assert office.client(HOME).get(f"/exchange/agreements/{draft}").status_code == 404
    assert foreign.get(f"/exchange/agreements/{agreed}").status_code == 404
    assert "教师交流协议" not in foreign.get("/exchange/agreements").text
    assert (
        post(
            office, HOME, f"/exchange/agreements/{agreed}/steps", {"verb": "withdraw", "reason": "不"}
        ).status_code
        == 404
    )


def test_of_two_who_want_the_last_place_at_once_one_gets_it(either_office: House) -> None:
    id_ = in_force(either_office)
    gate = Barrier(2)

    def go(person: UUID) -> object:
        gate.wait(timeout=30)
        try:
            return proposed(either_office, plan(agreement_id=id_, person_id=person))
        except Invalid as error:
            return error.field

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(go, (WANG, LIU)))

    assert sum(isinstance(answer, UUID) for answer in answers) == 1
    assert "agreement_id" in answers
