from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.agendas.commands import (
    choose,
    confirm,
    correct,
    describe,
    discard,
    leave_out,
    stage,
    undo,
)
from services.scheduling.agendas.model.staging import AgendaImport
from services.scheduling.agendas.queries import Preview, import_within, imports_within, preview
from services.scheduling.breakouts.commands import deal_out
from services.scheduling.facilities.commands import ask_for_facility
from services.scheduling.facilities.model import KnownFacility
from services.scheduling.materials.commands import add_material
from services.scheduling.programmes.commands import release_programme
from services.scheduling.programmes.queries import programmes_within, roster_of
from services.scheduling.sessions.model import Session
from shared.contracts.directory import PersonChanged
from shared.contracts.scheduling import FACILITY_REQUESTS, TASKS, FacilityGivenBack, SchedulingTask
from shared.db import Transaction
from shared.db.audit import audit_entries
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.ids import named, uuid7
from tests.services.scheduling.agenda_sheets import HAIXI as LINES
from tests.services.scheduling.agenda_sheets import PEOPLE, workbook
from tests.services.scheduling.world import GOLMUD, HAIXI, World
from tests.sheets.books import book

R = TypeVar("R")

OURS, THEIRS = ["region:632800"], ["region:520502"]
PRINCIPAL, NAMESAKE = named("person", "1"), named("person", "2")

SMALL = {
    "日程": [
        ["集团校长研修班日程安排（2025年）"],
        ["日期", "时间", "内容", "形式", "主讲", "地点"],
        ["6月9日", "8:30-12:00", "开班", "集中", "王芳（格尔木市第一中学校长）", "报告厅"],
        ["6月9日", "25:00-26:00", "坏时间", "讲座", "专家A", "报告厅"],
        ["6月10日—12日", "全天", "跟岗", "跟岗", "导师", "一中"],
    ],
    "学员名单": [
        ["姓名", "单位", "职务", "电话"],
        ["王芳", "格尔木市第一中学", "校长", "10001112222"],
        ["李晓明", "格尔木一中", "副校长", "—"],
        ["没人", "海东市某校", "教师", "—"],
    ],
}


def do(world: World, work: Callable[[Transaction], R]) -> R:
    return world.runtime.database.run(work, actor="account:1")


def staged(world: World, data: bytes, filename: str = "日程.xlsx") -> UUID:
    return do(world, lambda tx: stage(tx, data=data, filename=filename, host_region="", scopes=OURS).id)


def seen(world: World, id_: UUID) -> Preview:
    with world.runtime.database.reading() as db:
        return preview(db, import_within(db, id_, OURS))


def sessions(world: World) -> list[tuple[str, str, int | None, str, int]]:
    with world.runtime.database.reading() as db:
        found = db.scalars(sa.select(Session).order_by(Session.ordinal)).all()
        return [(s.title, s.state, s.ordinal, s.place, len(s.occurrences)) for s in found]


def know(world: World) -> None:
    """Let the roster's copy have two people of the first school."""
    keep = world.runtime.service.reactions[PersonChanged]
    people = [
        PersonChanged(person_id=id_, version=1, name=name, school_id=GOLMUD, post=post)
        for id_, name, post in ((PRINCIPAL, "王芳", "校长"), (NAMESAKE, "李明", "副校长"))
    ]
    do(world, lambda tx: [keep(tx, event) for event in people])


def test_an_agenda_becomes_a_programme_with_its_sessions_and_its_people(either_world: World) -> None:
    world = either_world
    data, filename = workbook(LINES, seed=3)
    id_ = staged(world, data, filename)

    do(world, lambda tx: confirm(tx, import_id=id_, seen=1, scopes=OURS))

    with world.runtime.database.reading() as db:
        (programme,) = programmes_within(db, OURS)
        people = roster_of(db, programme.id)
    assert (programme.sessions, programme.drafts, programme.trainees) == (len(LINES), len(LINES), len(PEOPLE))
    assert programme.starts_at == datetime.fromisoformat("2025-06-09T01:00Z")
    assert [(row.name, row.unit, row.post) for row in people] == [(p[0], p[2], p[3]) for p in PEOPLE]
    assert {row.source for row in people} == {filename}
    assert [title for title, *_ in sessions(world)] == [line.title for line in LINES]


def test_what_is_wrong_is_left_out_and_comes_in_once_it_is_put_right(world: World) -> None:
    id_ = staged(world, book(SMALL))
    assert [(row.entry.title, row.taken) for row in seen(world, id_).entries] == [
        ("开班", True),
        ("坏时间", False),
        ("跟岗", True),
    ]

    do(world, lambda tx: correct(tx, import_id=id_, sheet="日程", cells={"B4": "14:30-17:30", "Z9": "x"}, scopes=OURS))  # fmt: skip
    do(world, lambda tx: leave_out(tx, import_id=id_, row="日程!3", out=True, scopes=OURS))
    do(world, lambda tx: describe(tx, import_id=id_, title="研修班", kind="series", year=None, scopes=OURS))
    made = do(world, lambda tx: confirm(tx, import_id=id_, seen=4, scopes=OURS))

    assert made.state == "confirmed"
    assert sessions(world) == [("坏时间", "draft", 1, "报告厅", 1), ("跟岗", "draft", 2, "一中", 3)]
    with world.runtime.database.reading() as db:
        assert [(row.title, row.kind) for row in programmes_within(db, OURS)] == [("研修班", "series")]


def test_the_same_text_as_in_the_file_takes_a_correction_back(world: World) -> None:
    id_ = staged(world, book(SMALL))

    def put(text: str) -> None:
        do(world, lambda tx: correct(tx, import_id=id_, sheet="日程", cells={"B4": text}, scopes=OURS))

    put("14:30-17:30")
    assert seen(world, id_).made.corrections == {"日程": {"B4": "14:30-17:30"}}
    put("25:00-26:00")
    assert seen(world, id_).made.corrections == {}


def test_who_is_as_written_is_found_and_others_are_offered_until_somebody_chooses(world: World) -> None:
    know(world)
    id_ = staged(world, book(SMALL))
    before = seen(world, id_)
    assert [(row.trainee.name, row.person_id, row.open) for row in before.trainees] == [
        ("王芳", PRINCIPAL, False),
        ("李晓明", None, True),
        ("没人", None, False),
    ]
    assert [leader.person_id for _, plan in before.sessions for leader in plan.leaders] == [PRINCIPAL, None]

    do(world, lambda tx: choose(tx, import_id=id_, choices={"学员名单!3": str(NAMESAKE), "学员名单!4": "x"}, scopes=OURS))  # fmt: skip
    do(world, lambda tx: confirm(tx, import_id=id_, seen=None, scopes=OURS))

    with world.runtime.database.reading() as db:
        (programme,) = programmes_within(db, OURS)
        assert [(row.name, row.person_id) for row in roster_of(db, programme.id)] == [
            ("王芳", PRINCIPAL),
            ("李晓明", NAMESAKE),
            ("没人", None),
        ]
        invited = db.scalars(sa.select(Session)).all()
        assert [session.invited_schools for session in invited] == [[GOLMUD], [GOLMUD]]


def test_nobody_is_taken_in_twice_and_nobody_who_has_left(world: World) -> None:
    know(world)
    left = PersonChanged(
        person_id=NAMESAKE, version=2, name="李明", school_id=GOLMUD, post="副校长", left=True
    )
    do(world, lambda tx: world.runtime.service.reactions[PersonChanged](tx, left))
    rows = [
        ["姓名", "单位"],
        ["王芳", "格尔木市第一中学"],
        ["王芳", "格尔木一中"],
        ["李明", "格尔木市第一中学"],
    ]
    id_ = staged(world, book({**SMALL, "学员名单": rows}))
    assert [(row.person_id, row.open, len(row.match.offers)) for row in seen(world, id_).trainees] == [
        (PRINCIPAL, False, 0),
        (None, True, 1),
        (None, False, 1),
    ]

    who = {"学员名单!3": str(PRINCIPAL), "学员名单!4": str(NAMESAKE)}
    do(world, lambda tx: choose(tx, import_id=id_, choices=who, scopes=OURS))
    do(world, lambda tx: confirm(tx, import_id=id_, seen=None, scopes=OURS))

    with world.runtime.database.reading() as db:
        (programme,) = programmes_within(db, OURS)
        assert [row.person_id for row in roster_of(db, programme.id)] == [PRINCIPAL, None, None]


def test_a_programme_is_taken_back_as_a_whole_while_it_is_a_draft(either_world: World) -> None:
    world = either_world
    know(world)
    id_ = staged(world, book(SMALL))
    do(world, lambda tx: confirm(tx, import_id=id_, seen=None, scopes=OURS))

    made = do(world, lambda tx: undo(tx, import_id=id_, scopes=OURS))

    assert (made.state, made.programme_id, sessions(world)) == ("staged", None, [])
    with world.runtime.database.reading() as db:
        assert programmes_within(db, OURS) == []
    last = world.sent(TASKS)[-1]
    assert isinstance(last, SchedulingTask)
    assert last.closed_at is not None

    do(world, lambda tx: confirm(tx, import_id=id_, seen=None, scopes=OURS))
    assert len(sessions(world)) == 2


def test_taking_back_gives_back_rooms_and_leaves_nothing_of_its_sessions(either_world: World) -> None:
    world, hall = either_world, uuid7()
    know(world)
    id_ = staged(world, book(SMALL))
    do(world, lambda tx: confirm(tx, import_id=id_, seen=None, scopes=OURS))

    def prepare(tx: Transaction) -> UUID:
        session_id = tx.db.scalars(sa.select(Session.id).order_by(Session.ordinal)).first()
        assert session_id is not None
        facility = KnownFacility(id=hall, version=1, name="录播室", kind="studio", school_id=GOLMUD)
        facility.region_code, facility.capacity, facility.audiences, facility.retired = (
            HAIXI,
            0,
            ["all"],
            False,
        )
        tx.db.add(facility)
        add_material(tx, session_id=session_id, title="讲义", link="https://example.org/", scopes=OURS)
        deal_out(tx, session_id=session_id, number=1, how="mixed", scopes=OURS)
        asked = ask_for_facility(
            tx, id_=uuid7(), session_id=session_id, occurrence=0, facility_id=hall, scopes=OURS
        )
        return asked.id

    request = do(world, prepare)

    do(world, lambda tx: undo(tx, import_id=id_, scopes=OURS))

    given = world.sent(FACILITY_REQUESTS)[-1]
    assert isinstance(given, FacilityGivenBack)
    assert (given.request_id, given.facility_id, sessions(world)) == (request, hall, [])


def test_a_released_programme_is_not_taken_back(world: World) -> None:
    know(world)
    id_ = staged(world, book(SMALL))
    made = do(world, lambda tx: confirm(tx, import_id=id_, seen=None, scopes=OURS))
    programme_id = made.programme_id
    assert programme_id is not None
    do(world, lambda tx: release_programme(tx, programme_id=programme_id, scopes=OURS))

    with pytest.raises(Refusal, match="Released already: 2 sessions"):
        do(world, lambda tx: undo(tx, import_id=id_, scopes=OURS))
    assert [state for _, state, *_ in sessions(world)] == ["released", "released"]


def test_what_somebody_else_changed_is_looked_at_before_it_is_confirmed(world: World) -> None:
    id_ = staged(world, book(SMALL))
    do(world, lambda tx: leave_out(tx, import_id=id_, row="日程!3", out=True, scopes=OURS))

    with pytest.raises(Refusal, match="Somebody changed this agenda"):
        do(world, lambda tx: confirm(tx, import_id=id_, seen=1, scopes=OURS))


def test_nothing_becomes_of_an_agenda_whose_year_nobody_knows(world: World) -> None:
    rows = [["日期", "时间", "内容"], ["6月9日", "8:30-12:00", "讲座"]]
    id_ = staged(world, book({"日程": rows}))
    with pytest.raises(Refusal, match="Choose the year first"):
        do(world, lambda tx: confirm(tx, import_id=id_, seen=None, scopes=OURS))

    do(world, lambda tx: describe(tx, import_id=id_, title="", kind="series", year=2025, scopes=OURS))
    do(world, lambda tx: confirm(tx, import_id=id_, seen=None, scopes=OURS))

    assert [title for title, *_ in sessions(world)] == ["讲座"]


def test_an_agenda_of_another_region_is_not_there(world: World) -> None:
    id_ = staged(world, book(SMALL))

    with world.runtime.database.reading() as db:
        assert imports_within(db, THEIRS) == []
        with pytest.raises(NotFound):
            import_within(db, id_, THEIRS)
    with pytest.raises(NotFound):
        do(world, lambda tx: confirm(tx, import_id=id_, seen=None, scopes=THEIRS))
    with pytest.raises(Forbidden):
        do(world, lambda tx: stage(tx, data=book(SMALL), filename="x.xlsx", host_region=HAIXI, scopes=THEIRS))


def test_the_trail_says_what_was_done_and_no_name_of_a_list(world: World) -> None:
    id_ = staged(world, book(SMALL))
    do(world, lambda tx: correct(tx, import_id=id_, sheet="学员名单", cells={"A4": "有人"}, scopes=OURS))
    do(world, lambda tx: discard(tx, import_id=id_, scopes=OURS))

    with world.runtime.database.reading() as db:
        trail = db.execute(sa.select(audit_entries.c.what, audit_entries.c.changes).order_by("id")).all()
    assert [row.what for row in trail] == ["scheduling.agenda.staged", "scheduling.agenda.discarded"]
    assert "有人" not in str(trail)


def test_what_is_discarded_is_changed_no_more_and_what_is_no_workbook_never_staged(world: World) -> None:
    id_ = staged(world, book(SMALL))
    do(world, lambda tx: discard(tx, import_id=id_, scopes=OURS))

    with pytest.raises(Refusal, match="cannot be changed any more"):
        do(world, lambda tx: correct(tx, import_id=id_, sheet="日程", cells={"B4": "8:30-9:00"}, scopes=OURS))
    with pytest.raises(Invalid, match="is not a spreadsheet"):
        staged(world, b"no workbook")
    with world.runtime.database.reading() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(AgendaImport)) == 1
