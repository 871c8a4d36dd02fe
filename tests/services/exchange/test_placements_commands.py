"""Placements as they are proposed, led on and told of."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.exchange.placements.commands import propose_pair, propose_placement, take_step
from services.exchange.placements.model import Placement, Plan, Step
from shared.contracts.exchange import ExchangeTask, PlacementChanged
from shared.errors import Forbidden, Invalid, NotFound, Refusal, Stale, TongxingError
from shared.ids import uuid7
from tests.builders import DELINGHA, GOLMUD, PARTNER, House
from tests.services.exchange.office import (
    HOME,
    HOST,
    LIU,
    OURS,
    PENG,
    THEIRS,
    WANG,
    asker,
    lead_to_active,
    now,
    plan,
    proposed,
    step,
)

ASHORE = f"liaison@school:{DELINGHA}"


def said(office: House) -> list[tuple[str, str]]:
    return [(each.step, each.state) for each in office.said() if isinstance(each, PlacementChanged)]


def task(office: House) -> ExchangeTask:
    return [each for each in office.said() if isinstance(each, ExchangeTask)][-1]


def test_from_the_proposal_to_the_end_everybody_is_told_of_each_step(office: House) -> None:
    id_ = proposed(office)
    lead_to_active(office, id_)
    step(office, id_, "extend", OURS, on=date(2026, 8, 20), reason="毕业班教学需要")
    step(office, id_, "review", HOST)
    step(office, id_, "return", HOME)
    step(office, id_, "appraise", HOST, facts={"result"})
    step(office, id_, "close", OURS)

    assert said(office) == [
        ("apply", "applied"),
        ("nominate", "nominated"),
        ("accept", "accepted"),
        ("agree", "accepted"),
        ("agree", "agreed"),
        ("start", "active"),
        ("extend", "active"),
        ("review", "midterm"),
        ("return", "returned"),
        ("appraise", "appraised"),
        ("close", "closed"),
    ]
    with office.database.reading() as db:
        steps = db.scalars(sa.select(Step).where(Step.placement_id == id_).order_by(Step.number)).all()
    assert [each.number for each in steps] == list(range(1, 12))
    assert [each.party for each in steps[:6]] == [
        "home",
        "home",
        "host",
        "origin_region",
        "host_region",
        "host",
    ]
    assert steps[6].reason == "毕业班教学需要"


def test_each_state_waits_for_whom_it_concerns_and_nobody_once_it_is_over(office: House) -> None:
    id_ = proposed(office)
    assert task(office).audiences == (f"liaison@school:{PARTNER}",)
    assert task(office).sentence_zh == "接收教师：王亮，格尔木市第一中学 → 七星关区第一中学，支教"
    step(office, id_, "accept", HOST)
    assert task(office).audiences == ("coordinator@region:632801", "coordinator@region:520502")
    step(office, id_, "agree", THEIRS)
    assert task(office).audiences == ("coordinator@region:632801",)
    step(office, id_, "refuse", OURS, reason="本学期毕业班缺教师")
    assert task(office).closed_at is not None


def test_a_region_proposes_and_the_school_still_nominates(office: House) -> None:
    id_ = proposed(office, by=OURS)
    assert now(office, id_).state == "applied"
    assert step(office, id_, "nominate", HOME) == "nominated"


def test_a_teacher_proposes_themselves_and_may_withdraw(office: House) -> None:
    id_ = uuid7()
    me = asker(f"teacher@school:{GOLMUD}", person_id=WANG)
    office.database.run(
        lambda tx: propose_placement(tx, id_=id_, plan=plan(), asker=me).id, actor="account:w"
    )
    assert now(office, id_).state == "applied"

    office.database.run(
        lambda tx: take_step(tx, placement_id=id_, verb="withdraw", asker=me, reason="家中老人需要照顾").id,
        actor="account:w",
    )

    assert now(office, id_).state == "withdrawn"


@pytest.mark.parametrize("by", [HOST, THEIRS, ASHORE])
def test_the_other_side_and_strangers_propose_nobody_of_ours(office: House, by: str) -> None:
    with pytest.raises(Forbidden):
        proposed(office, by=by)


def test_to_a_stranger_it_is_not_there(office: House) -> None:
    id_ = proposed(office)

    with pytest.raises(NotFound):
        step(office, id_, "accept", ASHORE)


def test_who_saw_an_older_state_is_told_both_versions(office: House) -> None:
    id_ = proposed(office)
    step(office, id_, "accept", HOST)

    with pytest.raises(Stale) as stale:
        step(office, id_, "agree", OURS, seen=2)

    assert (stale.value.seen, stale.value.now) == (2, 3)


@pytest.mark.parametrize(
    ("planned", "field", "says"),
    [
        (plan(host_school_id=GOLMUD), "host_school_id", "同一所学校"),
        (plan(ends_on=date(2025, 8, 31)), "ends_on", "早于"),
        (plan(kind="tourism"), "kind", "交流类型"),
        (plan(origin_school_id=DELINGHA), "origin_school_id", "不在这所派出学校"),
        (plan(relation_moves=True), "relation_moves", "教师厅函〔2021〕12号"),
        (plan(ends_on=date(2025, 12, 31)), "ends_on", "教师厅函〔2021〕12号"),
        (plan(person_id=LIU, kind="rotation"), "person_id", "教师〔2014〕4号"),
        (plan(person_id=UUID(int=7)), "person_id", "名录里没有"),
        (plan(host_school_id=UUID(int=7)), "host_school_id", "名录里的学校"),
    ],
)
def test_what_cannot_be_is_refused_with_the_rule_and_its_source(
    office: House, planned: Plan, field: str, says: str
) -> None:
    by = "administrator@all"

    with pytest.raises(Invalid) as invalid:
        proposed(office, planned, by=by)

    assert (invalid.value.field, says in invalid.value.sentence.zh) == (field, True), invalid.value.sentence
    assert said(office) == []


def test_what_is_so_in_principle_is_noted_and_keeps_nobody_out(office: House) -> None:
    id_ = proposed(office, plan(person_id=LIU))

    assert [(note["rule"], note["source"]) for note in now(office, id_).notes] == [
        ("support.backbone", "教师厅函〔2021〕12号")
    ]


def test_nobody_is_placed_twice_at_a_time_but_after_an_early_end_is_free_again(office: House) -> None:
    id_ = proposed(office)
    lead_to_active(office, id_)
    later = plan(host_school_id=DELINGHA, starts_on=date(2026, 3, 1), ends_on=date(2026, 12, 31))

    with pytest.raises(Invalid) as invalid:
        proposed(office, later)
    assert "2025-09-01 至 2026-07-15" in invalid.value.sentence.zh

    step(office, id_, "end_early", HOST, on=date(2026, 2, 28), reason="健康原因", justified=True)
    proposed(office, later)


def test_an_extension_does_not_run_into_the_next_placement(office: House) -> None:
    id_ = proposed(office)
    lead_to_active(office, id_)
    proposed(office, plan(host_school_id=DELINGHA, starts_on=date(2026, 9, 1), ends_on=date(2027, 7, 1)))

    with pytest.raises(Invalid):
        step(office, id_, "extend", OURS, on=date(2026, 9, 1), reason="需要")
    assert step(office, id_, "extend", OURS, on=date(2026, 8, 31), reason="需要") == "active"


def test_two_schools_swap_and_each_nominates_its_own(office: House) -> None:
    ids = (uuid7(), uuid7())
    mine = plan()
    theirs = plan(person_id=PENG, origin_school_id=PARTNER, host_school_id=GOLMUD)

    office.database.run(
        lambda tx: propose_pair(tx, ids=ids, plans=(mine, theirs), asker=asker(HOME))[0].id, actor="account:a"
    )

    one, other = (now(office, id_) for id_ in ids)
    assert one.pair_id == other.pair_id is not None
    assert (one.state, other.state) == ("nominated", "applied")
    assert step(office, ids[1], "nominate", HOST) == "nominated"


def test_a_swap_is_of_the_same_two_schools(office: House) -> None:
    plans = (plan(), plan(person_id=PENG, origin_school_id=PARTNER, host_school_id=DELINGHA))

    with pytest.raises(Invalid):
        office.database.run(
            lambda tx: propose_pair(tx, ids=(uuid7(), uuid7()), plans=plans, asker=asker(HOME))[0].id,
            actor="account:a",
        )


def test_of_many_that_want_one_person_exactly_one_gets_them(either_office: House) -> None:
    gate = Barrier(12)

    def go(number: int) -> object:
        gate.wait(timeout=30)
        starts = date(2025, 9, 1 + number)
        try:
            return proposed(either_office, plan(starts_on=starts))
        except TongxingError as error:
            return error

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(go, range(12)))

    assert sum(isinstance(answer, UUID) for answer in answers) == 1
    assert all("已有一次支教" in answer.sentence.zh for answer in answers if isinstance(answer, Invalid))
    with either_office.database.reading() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(Placement)) == 1


@pytest.mark.parametrize("either_office", ["postgres"], indirect=True)
def test_postgresql_itself_lets_nobody_be_at_two_schools(either_office: House) -> None:
    id_ = proposed(either_office)
    copy = sa.text(
        "INSERT INTO placements SELECT (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(),"
        " 'starts_on', '2026-07-15', 'ends_on', '2026-12-31', 'state', CAST(:state AS text), 'taking', CAST(:taking AS boolean)))).*"
        " FROM placements p WHERE id = :id"
    )
    with pytest.raises(sa.exc.IntegrityError, match="no_two_at_once"):
        _write(either_office, copy, id_, "applied", taking=True)
    _write(either_office, copy, id_, "refused", taking=False)


def _write(office: House, statement: sa.TextClause, id_: UUID, state: str, *, taking: bool) -> None:
    with office.database.engine.begin() as connection:
        connection.execute(statement, {"id": id_, "state": state, "taking": taking})


def test_after_a_restore_the_published_state_is_taken_and_a_lost_placement_comes_back(office: House) -> None:
    id_ = proposed(office)
    step(office, id_, "accept", HOST)
    told = [each for each in office.said() if isinstance(each, PlacementChanged)]
    adopt = office.runtime.service.adopt[PlacementChanged]
    with office.database.begin() as db:
        db.execute(sa.delete(Step))
        db.execute(sa.delete(Placement))

    for event in (told[0], told[2], told[1]):
        office.database.run(lambda tx, event=event: adopt(tx, event), actor="service:exchange")  # type: ignore[misc]

    assert (now(office, id_).state, now(office, id_).version) == ("accepted", 3)
    assert step(office, id_, "agree", OURS) == "accepted"


def test_a_refusal_names_what_is_possible(office: House) -> None:
    id_ = proposed(office)

    with pytest.raises(Refusal) as refused:
        step(office, id_, "start", HOST)

    assert refused.value.sentence.zh == "这条交流派出学校已推荐，不能“登记到岗”。现在可以：同意接收、不同意。"
