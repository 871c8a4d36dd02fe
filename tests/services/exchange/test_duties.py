"""The log of a placement: written by the teacher, confirmed by the host, filled from sign-in sheets, held against targets."""

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest

from services.exchange.duties.commands import answer_duty, log_duty
from services.exchange.duties.policies import Entry, Progress, progress_of, scaled
from services.exchange.duties.queries.logs import log_of, progress
from services.exchange.placements.model import Placement
from shared.contracts.directory import AccountChanged
from shared.contracts.exchange import ExchangeTask
from shared.contracts.scheduling import AttendanceRecorded
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.ids import named, uuid7
from tests.builders import GOLMUD, SOMEBODY, House
from tests.services.exchange.office import (
    HOME,
    HOST,
    OURS,
    WANG,
    asker,
    lead_to_active,
    now,
    proposed,
    step,
)

TEACHER = f"teacher@school:{GOLMUD}"
LESSON = Entry(kind="demonstration_lesson", done_on=date(2025, 10, 14), text="八年级数学示范课：一次函数")
MET = datetime(2025, 10, 20, tzinfo=UTC)


@pytest.fixture
def placed(office: House) -> UUID:
    """王亮 works at the partner's since September; it is October."""
    id_ = proposed(office)
    lead_to_active(office, id_)
    office.clock.now = MET
    return id_


def write(office: House, id_: UUID, entry: Entry = LESSON, *grants: str, teacher: bool = False) -> UUID:
    duty = uuid7()
    who = asker(*grants, person_id=WANG if teacher else None)
    office.database.run(
        lambda tx: log_duty(tx, id_=duty, placement_id=id_, entry=entry, asker=who).id, actor="account:a"
    )
    return duty


def answered(
    office: House, duty: UUID, verb: Any, *grants: str, reason: str = "", teacher: bool = False
) -> str:
    who = asker(*grants, person_id=WANG if teacher else None)
    return office.database.run(
        lambda tx: answer_duty(tx, duty_id=duty, verb=verb, asker=who, reason=reason).state, actor="account:b"
    )


def states(office: House, id_: UUID) -> list[str]:
    with office.database.reading() as db:
        return [row.state for row in log_of(db, id_)]


def sheet(**said: Any) -> AttendanceRecorded:
    usual: dict[str, Any] = {
        "presence_id": named("presence", "1"),
        "session_id": named("session", "1"),
        "version": 1,
        "title": "州级集体备课",
        "kind": "collective_preparation",
        "person_id": WANG,
        "school_id": GOLMUD,
        "state": "present",
        "starts_at": datetime(2025, 10, 15, 1, tzinfo=UTC),
        "minutes": 90,
    }
    return AttendanceRecorded(**{**usual, **said})


def tasks(office: House) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (each.sentence_zh, each.audiences)
        for each in office.said()
        if isinstance(each, ExchangeTask) and each.sentence_zh.startswith("确认工作记录")
    ]


def test_the_teacher_writes_the_host_confirms_and_is_asked_to_once(office: House, placed: UUID) -> None:
    first = write(office, placed, teacher=True)
    second = write(office, placed, teacher=True)
    assert tasks(office)[-1] == ("确认工作记录：王亮，2 条待确认", (HOST,))

    assert answered(office, first, "confirm", HOST) == "confirmed"
    assert answered(office, second, "decline", HOST, reason="那天是听课") == "declined"

    assert tasks(office)[-1][1] == ()
    with pytest.raises(Refusal, match="Declined"):
        answered(office, second, "confirm", HOST)
    assert write(office, placed, LESSON, HOST) is not None
    assert sorted(states(office, placed)) == ["confirmed", "confirmed", "declined"]


def test_who_is_no_party_to_it_writes_and_confirms_nothing(office: House, placed: UUID) -> None:
    duty = write(office, placed, teacher=True)

    with pytest.raises(Forbidden):
        write(office, placed, LESSON, HOME)
    with pytest.raises(Forbidden):
        answered(office, duty, "confirm", teacher=True)
    with pytest.raises(Forbidden):
        answered(office, duty, "withdraw", HOST)
    with pytest.raises(NotFound):
        answered(office, duty, "confirm", "liaison@school:0197a000-0000-7000-8000-000000000009")
    assert answered(office, duty, "withdraw", teacher=True) == "withdrawn"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"done_on": date(2025, 8, 31)}, "done_on"),  # before it began
        ({"done_on": date(2025, 10, 22)}, "done_on"),  # to come
        ({"kind": "party"}, "kind"),
        ({"amount": 2}, "amount"),
        ({"kind": "mentoring_hours", "amount": 41}, "amount"),
        ({"text": ""}, "text"),
        ({"files": (("教案.exe", b"MZ"),)}, "files"),
        ({"files": (("教案.pdf", b"<html>"),)}, "files"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    office: House, placed: UUID, said: dict[str, Any], field: str
) -> None:
    usual = {"kind": LESSON.kind, "done_on": LESSON.done_on, "text": LESSON.text}

    with pytest.raises(Invalid) as refused:
        write(office, placed, Entry(**{**usual, **said}), teacher=True)

    assert refused.value.field == field


def test_a_log_is_closed_with_the_appraisal(office: House, placed: UUID) -> None:
    duty = write(office, placed, teacher=True)
    step(office, placed, "return", HOST, on=date(2025, 10, 19))
    assert answered(office, duty, "confirm", HOST) == "confirmed"
    step(office, placed, "appraise", HOST, facts={"result"})

    with pytest.raises(Refusal):
        write(office, placed, teacher=True)
    with pytest.raises(Refusal):
        answered(office, duty, "decline", HOST, reason="x")


def test_a_sign_in_sheet_becomes_evidence_and_its_corrections_are_followed(either_office: House) -> None:
    office = either_office
    id_ = proposed(office)
    lead_to_active(office, id_)
    office.clock.now = MET

    office.hear(sheet(), sheet())
    assert states(office, id_) == ["confirmed"]
    office.hear(sheet(version=2, state="absent", minutes=0))
    assert states(office, id_) == ["withdrawn"]
    office.hear(sheet(version=1), sheet(version=3, kind="mentoring", minutes=100))
    with office.database.reading() as db:
        [row] = log_of(db, id_)
    assert (row.state, row.kind, row.amount, row.from_sheet) == ("confirmed", "mentoring_hours", 2, True)

    answered(office, row.id, "decline", HOST, reason="没有带教")
    office.hear(sheet(version=4))
    assert states(office, id_) == ["declined"]


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "ceremony"},
        {"person_id": named("person", "刘杨")},
        {"starts_at": datetime(2025, 8, 1, tzinfo=UTC)},
        {"state": "excused", "minutes": 0},
    ],
)
def test_what_is_no_duty_of_a_placement_is_not_written(
    office: House, placed: UUID, said: dict[str, Any]
) -> None:
    office.hear(sheet(**said))

    assert states(office, placed) == []


def test_targets_are_those_of_the_agreement_for_the_time_of_the_placement(
    office: House, placed: UUID
) -> None:
    done = {("lecture", "confirmed"): 3, ("demonstration_lesson", "claimed"): 1, ("other", "confirmed"): 2}

    found = progress_of({"lecture": 2, "demonstration_lesson": 4}, 11, done)

    assert found == [
        Progress("demonstration_lesson", 4, 0, 1),
        Progress("lecture", 2, 3, 0),
        Progress("other", 0, 2, 0),
    ]
    assert [each.percent for each in found] == [0, 100, 0]
    # Four months of ten, a school year, three years.
    assert [scaled(8, months) for months in (4, 11, 35)] == [4, 8, 24]
    write(office, placed, teacher=True)
    with office.database.reading() as db:
        placement = db.get(Placement, placed)
        assert placement is not None
        assert progress(db, [placement])[placed] == [Progress("demonstration_lesson", 0, 0, 1)]


def test_the_pages_from_the_entry_with_a_file_to_the_hosts_word(office: House, placed: UUID) -> None:
    office.hear(
        AccountChanged(account_id=SOMEBODY, version=1, enabled=True, grants=(TEACHER,), person_id=WANG)
    )
    client, page = office.client(TEACHER), f"/exchange/placements/{placed}/duties"
    form = {"kind": "lecture", "done_on": "2025-10-16", "amount": "1", "text": "新课标解读"}

    wrong = client.post(page, data={**form, "done_on": "2026-10-16"})
    assert (wrong.status_code, "新课标解读" in wrong.text, "不晚于今天" in wrong.text) == (422, True, True)
    made = client.post(page, data={**form, "files": (BytesIO(b"%PDF-1.7 x"), "讲稿.pdf")})
    assert made.status_code == 303
    mine = client.get(page).text
    assert ("讲稿.pdf" in mine, 'value="withdraw"' in mine, 'value="confirm"' in mine) == (True, True, False)

    office.hear(AccountChanged(account_id=SOMEBODY, version=2, enabled=True, grants=(HOST,), person_id=None))
    host = office.client(HOST)
    link = host.get(page).text.partition(f"{page}/files/")[2].partition('"')[0]
    file = host.get(f"{page}/files/{link}")
    assert (file.data, file.headers["Content-Type"]) == (b"%PDF-1.7 x", "application/octet-stream")
    with office.database.reading() as db:
        [row] = log_of(db, placed)
    assert host.post(f"{page}/{row.id}/answer", data={"verb": "decline"}).status_code == 409
    assert host.post(f"{page}/{row.id}/answer", data={"verb": "confirm"}).status_code == 303
    assert states(office, placed) == ["confirmed"]
    assert "王亮" in host.get("/exchange/duties").text


def test_the_log_in_json(office: House, placed: UUID) -> None:
    host, api = office.client(HOST), f"/exchange/api/v1/placements/{placed}/duties"

    made = host.post(
        api, json={"kind": "mentoring_hours", "done_on": "2025-10-16", "amount": 3, "text": "带教两位新教师"}
    )

    assert made.status_code == 201
    read: dict[str, Any] = office.client(OURS).get(api).get_json()
    assert [(each["kind"], each["amount"], each["state"]) for each in read["duties"]] == [
        ("mentoring_hours", 3, "confirmed")
    ]
    assert read["progress"] == [{"kind": "mentoring_hours", "target": 0, "confirmed": 3, "claimed": 0}]
    assert now(office, placed).state == "active"
