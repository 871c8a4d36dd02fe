"""Programmes: sessions in order, a roster of people who are known and of people who are only written, and who is told."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from services.scheduling.app import service
from services.scheduling.programmes.commands import (
    add_trainees,
    choose_person,
    draft_programme,
    remove_trainee,
    revise_programme,
)
from services.scheduling.programmes.model import Entrant, Outline
from services.scheduling.programmes.queries import (
    ProgrammeRow,
    programme_within,
    programmes_within,
    roster_of,
)
from services.scheduling.sessions.commands import adopt_task, draft_session, release_session
from services.scheduling.sessions.queries import sessions_of
from shared.contracts.directory import PersonChanged
from shared.contracts.scheduling import TASKS, SchedulingTask, SessionReleased
from shared.db import Transaction
from shared.errors import Invalid, NotFound, Refusal
from shared.ids import named, uuid7
from shared.roster.keeping import keep_person
from tests.services.scheduling.world import DELINGHA, END, GOLMUD, HAIXI, START, World, plan

OURS, THEIRS = ["region:632800"], ["region:520502"]
WANG, LI = named("person", "汪梅"), named("person", "李帆")
OUTLINE = Outline(title="教育集团化办学培训班", outcome="本地实施方案一份", hours=64)


def with_people(world: World) -> World:
    def learn(tx: Transaction) -> None:
        keep_person(tx, PersonChanged(person_id=WANG, version=1, name="汪梅", school_id=GOLMUD, post="校长"))
        keep_person(tx, PersonChanged(person_id=LI, version=1, name="李帆", school_id=DELINGHA, post="校长"))

    world.runtime.database.run(learn, actor="service:test")
    return world


def drafted(world: World) -> UUID:
    id_ = uuid7()
    world.runtime.database.run(
        lambda tx: draft_programme(tx, id_=id_, outline=OUTLINE, host_region="", scopes=OURS),
        actor="account:1",
    )
    return id_


def with_session(world: World, programme_id: UUID, *, ordinal: int, title: str = "开班仪式") -> UUID:
    id_ = uuid7()
    world.runtime.database.run(
        lambda tx: draft_session(
            tx,
            id_=id_,
            plan=plan(
                title=title,
                starts_at=START + timedelta(days=ordinal - 1),
                ends_at=END + timedelta(days=ordinal - 1),
                invited_schools=(),
            ),
            host_region="",
            scopes=OURS,
            programme_id=programme_id,
            ordinal=ordinal,
        ),
        actor="account:1",
    )
    return id_


def enrolled(world: World, programme_id: UUID, *entrants: Entrant) -> int:
    added = world.runtime.database.run(
        lambda tx: add_trainees(tx, programme_id=programme_id, entrants=entrants, scopes=OURS),
        actor="account:1",
    )
    return len(added)


def seen(world: World, programme_id: UUID) -> ProgrammeRow:
    with world.runtime.database.reading() as db:
        return programme_within(db, programme_id, OURS)


def waiting(world: World) -> list[bool]:
    return [
        event.closed_at is None
        for event in world.sent(TASKS)
        if isinstance(event, SchedulingTask) and "/programmes/" in event.link
    ]


def test_a_programme_spans_its_sessions_and_counts_its_people(either_world: World) -> None:
    world = with_people(either_world)
    id_ = drafted(world)
    assert (seen(world, id_).starts_at, seen(world, id_).sessions) == (None, 0)

    with_session(world, id_, ordinal=1)
    written = Entrant(
        name="吕兰英", unit="都兰县教育局", post="科员", phone="10004219945", source="名单.xlsx"
    )
    known = Entrant(name="汪梅", unit="格尔木一中", post="校长", person_id=WANG)
    assert enrolled(world, id_, written, known, known) == 2
    assert enrolled(world, id_, known) == 0

    row = seen(world, id_)
    assert (row.title, row.hours, row.outcome) == ("教育集团化办学培训班", 64, "本地实施方案一份")
    assert (row.starts_at, row.ends_at, row.sessions, row.drafts, row.trainees) == (START, END, 1, 1, 2)
    with world.runtime.database.reading() as db:
        roster = roster_of(db, id_)
        listed = programmes_within(db, OURS)
        abroad = programmes_within(db, THEIRS)
    assert [(each.ordinal, each.name, each.unit, each.source, each.school) for each in roster] == [
        (1, "吕兰英", "都兰县教育局", "名单.xlsx", ""),
        (2, "汪梅", "格尔木一中", "typed", "格尔木市第一中学"),
    ]
    assert (listed, abroad) == ([row], [])


def test_the_schools_of_the_roster_are_told_and_the_programme_waits_until_nothing_is_a_draft(
    world: World,
) -> None:
    with_people(world)
    id_ = drafted(world)
    first, second = (with_session(world, id_, ordinal=number) for number in (1, 2))

    def release(session_id: UUID) -> None:
        world.runtime.database.run(
            lambda tx: release_session(tx, session_id=session_id, scopes=OURS), actor="account:1"
        )

    with pytest.raises(Refusal, match="No school is invited"):
        release(first)
    enrolled(world, id_, Entrant(name="汪梅", person_id=WANG), Entrant(name="吕兰英"))
    release(first)
    assert seen(world, id_).released_at is None
    release(second)

    told = [event for event in world.sent() if isinstance(event, SessionReleased)]
    assert [(event.session_id, event.invited_schools, event.programme_id) for event in told] == [
        (first, [GOLMUD], id_),
        (second, [GOLMUD], id_),
    ]
    assert seen(world, id_).released_at is not None
    assert waiting(world)[-2:] == [True, False]
    with world.runtime.database.reading() as db:
        assert [(row.ordinal, row.state) for row in sessions_of(db, id_)] == [
            (1, "released"),
            (2, "released"),
        ]


def test_who_is_only_written_is_chosen_once(world: World) -> None:
    with_people(world)
    id_ = drafted(world)
    enrolled(world, id_, Entrant(name="汪梅"), Entrant(name="李帆", person_id=LI))
    with world.runtime.database.reading() as db:
        written, _ = roster_of(db, id_)

    def choose(person_id: UUID) -> None:
        world.runtime.database.run(
            lambda tx: choose_person(
                tx, programme_id=id_, trainee_id=written.id, person_id=person_id, scopes=OURS
            ),
            actor="account:1",
        )

    with pytest.raises(Refusal, match="already"):
        choose(LI)
    with pytest.raises(Invalid):
        choose(named("person", "没有"))
    choose(WANG)

    with world.runtime.database.reading() as db:
        assert [(each.name, each.person_id) for each in roster_of(db, id_)] == [("汪梅", WANG), ("李帆", LI)]
    world.runtime.database.run(
        lambda tx: remove_trainee(tx, programme_id=id_, trainee_id=written.id, scopes=OURS), actor="account:1"
    )
    with world.runtime.database.reading() as db:
        assert [each.name for each in roster_of(db, id_)] == ["李帆"]


@pytest.mark.parametrize(
    "entrant",
    [Entrant(name=""), Entrant(name="长" * 201), Entrant(name="某", person_id=named("person", "无"))],
)
def test_a_roster_takes_no_nameless_and_nobody_whom_the_directory_does_not_have(
    world: World, entrant: Entrant
) -> None:
    id_ = drafted(world)
    with pytest.raises(Invalid) as refused:
        enrolled(world, id_, entrant)
    assert (refused.value.field, seen(world, id_).trainees) == ("trainees", 0)


def test_what_another_region_hosts_is_not_there(world: World) -> None:
    id_ = drafted(world)

    def change(tx: Transaction) -> None:
        revise_programme(tx, programme_id=id_, outline=OUTLINE, scopes=THEIRS)

    def draft_in_it(tx: Transaction) -> None:
        draft_session(tx, id_=uuid7(), plan=plan(), host_region="", scopes=THEIRS, programme_id=id_)

    for attempt in (change, draft_in_it):
        with pytest.raises(NotFound):
            world.runtime.database.run(attempt, actor="account:1")
    assert (seen(world, id_).version, seen(world, id_).host_region) == (1, HAIXI)


@pytest.mark.parametrize(
    ("outline", "fields"),
    [
        (OUTLINE, []),
        (Outline(title=""), ["title"]),
        (Outline(title="长" * 201, kind="party", hours=0), ["title", "kind", "hours"]),
        (Outline(title="班", outcome="长" * 2_001), ["outcome"]),
    ],
)
def test_an_outline_knows_its_faults(outline: Outline, fields: list[str]) -> None:
    assert list(outline.faults()) == fields


def test_after_a_restore_what_was_said_of_a_programme_is_newer_than_the_programme(world: World) -> None:
    id_ = drafted(world)
    with world.runtime.database.reading() as db:
        states = [each for each in service.states[TASKS](db) if isinstance(each, SchedulingTask)]
    [state] = [each for each in states if str(id_) in each.link]
    lost = msgspec.structs.replace(
        state, task_id=uuid7(), link=f"/scheduling/programmes/{uuid7()}", version=4
    )

    def adopt(tx: Transaction) -> None:
        adopt_task(tx, msgspec.structs.replace(state, version=7))
        adopt_task(tx, lost)

    world.runtime.database.run(adopt, actor="service:test")

    assert seen(world, id_).version == 7
    closed = [
        each for each in world.sent(TASKS) if isinstance(each, SchedulingTask) and each.link == lost.link
    ]
    assert [(each.closed_at is not None, each.version > 4) for each in closed] == [(True, True)]
