"""Who is placed at another school is busy for whoever plans elsewhere, as exchange says; facts are never refused."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.scheduling.app import service
from services.scheduling.claims.model import Taken
from services.scheduling.claims.queries import conflicts_of
from services.scheduling.plans.model import Leader, Plan
from services.scheduling.sessions.commands import cancel_session, release_session, revise_session
from shared.contracts.directory import PersonChanged
from shared.contracts.exchange import PlacementChanged
from shared.contracts.scheduling import TASKS, SchedulingTask
from shared.ids import named
from tests.services.scheduling.world import GOLMUD, NOW, PARTNER, World, plan

WANG, HAIXI = named("person", "王亮"), ["region:632800"]


@pytest.fixture
def office(world: World) -> World:
    person = PersonChanged(person_id=WANG, version=1, name="王亮", school_id=GOLMUD)
    world.runtime.database.run(lambda tx: service.reactions[PersonChanged](tx, person), actor="service:test")
    return world


def told(office: World, version: int, state: str, **said: Any) -> None:
    event = PlacementChanged(
        **{
            "placement_id": named("placement", "1"),
            "version": version,
            "person_id": WANG,
            "origin_school_id": GOLMUD,
            "host_school_id": PARTNER,
            "origin_region": "632801",
            "host_region": "520502",
            "kind": "support_teaching",
            "state": state,
            "starts_on": date(2025, 3, 1),
            "ends_on": date(2025, 7, 15),
            "relation_moves": False,
            "step": "start",
            "changed_at": NOW,
            **said,
        }
    )
    office.runtime.database.run(lambda tx: service.reactions[PlacementChanged](tx, event), actor="service:t")


def led(*, invited: tuple[UUID, ...] = (GOLMUD,)) -> Plan:
    leader = Leader(name="王亮", role="speaker", person_id=WANG)
    return replace(plan(invited_schools=invited), leaders=(leader,))


def release(office: World, id_: UUID, override: str | None = None) -> None:
    office.runtime.database.run(
        lambda tx: release_session(tx, session_id=id_, scopes=HAIXI, override=override).id,
        actor="account:chen",
    )


def tasks(office: World) -> list[SchedulingTask]:
    said = [each for each in office.sent(TASKS) if isinstance(each, SchedulingTask)]
    return [each for each in said if each.sentence_zh.startswith("时间冲突")]


def shown(office: World, id_: UUID) -> list[tuple[str, str | None]]:
    with office.runtime.database.reading() as db:
        return [(each.label, each.title) for each in conflicts_of(db, [id_], HAIXI)[id_]]


def test_a_session_elsewhere_cannot_have_them_unless_somebody_says_why(office: World) -> None:
    told(office, 6, "active")
    id_ = office.drafted(led()).id
    assert shown(office, id_) == [("王亮", "支教：七星关区第一中学")]

    with pytest.raises(Taken) as taken:
        release(office, id_)
    assert "支教：七星关区第一中学" in taken.value.sentence.zh
    assert taken.value.conflicts[0].session_id is None

    release(office, id_, override="只有他能主讲，已与接收学校商定")
    assert office.now(id_).state == "released"


def test_a_session_of_the_school_where_they_are_has_them(office: World) -> None:
    told(office, 6, "active")

    release(office, office.drafted(led(invited=(GOLMUD, PARTNER))).id)


@pytest.mark.parametrize("state", ["agreed", "returned", "ended_early", "closed"])
def test_who_is_not_there_yet_or_any_more_is_free(office: World, state: str) -> None:
    told(office, 6, "active")
    told(office, 7, state)

    release(office, office.drafted(led()).id)


def test_a_fact_that_collides_with_what_is_released_is_taken_and_somebody_is_asked(office: World) -> None:
    id_ = office.drafted(led()).id
    release(office, id_)

    told(office, 6, "active")

    [task] = tasks(office)
    assert (task.audiences, task.closed_at, task.link) == (
        ("coordinator@region:632800",),
        None,
        f"/scheduling/sessions/{id_}",
    )
    assert shown(office, id_) == [("王亮", "支教：七星关区第一中学")]
    page = office.client("coordinator@region:632800").get(f"/scheduling/sessions/{id_}").text
    assert "换人" in page

    told(office, 6, "active")  # again
    assert len(tasks(office)) == 1
    told(office, 7, "ended_early", ends_on=date(2025, 6, 4))
    assert [each.closed_at for each in tasks(office)] == [None, NOW]
    assert shown(office, id_) == []


@pytest.mark.parametrize("way", ["another person", "another time", "a reason", "cancelled"])
def test_each_way_out_settles_it(office: World, way: str) -> None:
    id_ = office.drafted(led()).id
    release(office, id_)
    told(office, 6, "active")
    moved = replace(
        led(),
        occurrences=tuple(
            replace(
                each, starts_at=each.starts_at + timedelta(days=60), ends_at=each.ends_at + timedelta(days=60)
            )
            for each in led().occurrences
        ),
    )

    def work(tx: Any) -> object:
        if way == "cancelled":
            return cancel_session(tx, session_id=id_, reason="改期", scopes=HAIXI).id
        planned = {"another person": plan(invited_schools=(GOLMUD,)), "another time": moved}.get(way, led())
        override = "已商定" if way == "a reason" else None
        return revise_session(tx, session_id=id_, plan=planned, scopes=HAIXI, override=override).id

    office.runtime.database.run(work, actor="account:chen")

    assert [each.closed_at for each in tasks(office)] == [None, NOW]


def test_an_older_state_that_comes_again_changes_nothing(office: World) -> None:
    told(office, 7, "returned")
    told(office, 6, "active")
    told(office, 8, "active")
    told(office, 7, "returned")

    with pytest.raises(Taken):
        release(office, office.drafted(led()).id)
