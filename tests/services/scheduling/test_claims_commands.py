"""Taking people and places: who is kept out and told of whom, what is let stand, given back, moved and exchanged."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.claims.model import Claim, Conflict, Taken
from services.scheduling.claims.queries import conflicts_of
from services.scheduling.plans.model import Leader, Occurrence, Plan
from services.scheduling.programmes.commands import add_trainees, draft_programme, release_programme
from services.scheduling.programmes.model import Entrant, Outline
from services.scheduling.sessions.commands import (
    cancel_session,
    draft_session,
    postpone_session,
    release_session,
    revise_session,
    swap_sessions,
)
from shared.contracts.directory import PersonChanged
from shared.contracts.scheduling import SessionReleased, SessionRevised
from shared.db import Transaction
from shared.db.audit import audit_entries
from shared.errors import Invalid
from shared.ids import named, uuid7
from shared.roster.keeping import keep_person
from tests.services.scheduling.world import END, GOLMUD, HAIXI, QIXINGGUAN, START, World

ALL, OURS, THEIRS = ["all"], ["region:632800"], ["region:520502"]
WANG = named("person", "王立群")
DAY = timedelta(days=1)


def planned(
    title: str,
    *,
    place: str = "",
    days: int = 0,
    leaders: tuple[Leader, ...] = (Leader(name="王立群", person_id=WANG),),
) -> Plan:
    once = Occurrence(starts_at=START + days * DAY, ends_at=END + days * DAY, place=place or f"{title}的礼堂")
    return Plan(title=title, kind="lecture", occurrences=(once,), leaders=leaders, invited_schools=(GOLMUD,))


def drafted(world: World, plan: Plan, *, region: str = HAIXI) -> UUID:
    return world.drafted(plan, region=region).id


def release(world: World, id_: UUID, *, scopes: list[str] = OURS, override: str | None = None) -> None:
    world.runtime.database.run(
        lambda tx: release_session(tx, session_id=id_, scopes=scopes, override=override), actor="account:chen"
    )


def revise(world: World, id_: UUID, plan: Plan) -> None:
    world.runtime.database.run(
        lambda tx: revise_session(tx, session_id=id_, plan=plan, scopes=OURS), actor="account:chen"
    )


def claims(world: World, id_: UUID) -> list[tuple[str, str, bool]]:
    with world.runtime.database.reading() as db:
        rows = db.execute(
            sa.select(Claim.what, Claim.status, Claim.blocking)
            .where(Claim.session_id == id_)
            .order_by(Claim.what)
        )
        return [(row.what.partition(":")[0], row.status, row.blocking) for row in rows]


def conflicts(world: World, id_: UUID, scopes: list[str] = OURS) -> list[Conflict]:
    with world.runtime.database.reading() as db:
        return conflicts_of(db, [id_], scopes)[id_]


def test_the_loser_is_told_of_whom_and_when_and_of_the_nearest_free_times(either_world: World) -> None:
    world = either_world
    first, second = drafted(world, planned("七星关讲座")), drafted(world, planned("课堂观察与诊断"))
    assert claims(world, first) == [("person", "draft", False), ("place", "draft", False)]
    release(world, first)

    with pytest.raises(Taken) as refused:
        release(world, second)

    assert refused.value.conflicts == (
        Conflict(
            kind="person",
            label="王立群",
            occurrence=0,
            starts_at=START,
            ends_at=END,
            session_id=first,
            title="七星关讲座",
        ),
    )
    assert [offer.starts_at - START for offer in refused.value.offers] == [
        timedelta(hours=6),
        timedelta(hours=-18),
        DAY,
    ]
    assert str(refused.value) == "王立群 is taken by “七星关讲座” then."
    assert (world.now(second).state, claims(world, second)[0]) == ("draft", ("person", "draft", False))
    assert [event.title for event in world.sent() if isinstance(event, SessionReleased)] == ["七星关讲座"]


def test_of_another_regions_session_only_that_it_is_there_is_told(world: World) -> None:
    theirs = drafted(world, planned("七星关讲座"), region=QIXINGGUAN)
    release(world, theirs, scopes=THEIRS)
    ours = drafted(world, planned("课堂观察与诊断"))

    with pytest.raises(Taken) as refused:
        release(world, ours)

    [conflict] = refused.value.conflicts
    assert (conflict.session_id, conflict.title, conflict.starts_at) == (None, None, START)
    assert "七星关" not in refused.value.sentence.zh
    assert str(theirs) not in str(refused.value.members())


def test_a_draft_is_warned_of_what_is_taken_and_of_what_is_wished_for(world: World) -> None:
    first, second = drafted(world, planned("七星关讲座")), drafted(world, planned("课堂观察与诊断"))
    assert [(each.label, each.title, each.firm) for each in conflicts(world, second)] == [
        ("王立群", "七星关讲座", False)
    ]

    release(world, first)

    assert [(each.label, each.firm) for each in conflicts(world, second)] == [("王立群", True)]
    assert conflicts(world, first) == []  # what is released has what it needs


def test_who_overrides_says_why_and_the_word_stands_until_something_moves(either_world: World) -> None:
    world = either_world
    first, second = drafted(world, planned("七星关讲座")), drafted(world, planned("课堂观察与诊断"))
    release(world, first)
    with pytest.raises(Invalid) as refused:
        release(world, second, override="")
    assert refused.value.field == "override"

    release(world, second, override="已与本人商定，上半场在七星关")

    assert claims(world, second) == [("person", "overridden", False), ("place", "confirmed", True)]
    [accepted] = conflicts(world, second)
    assert (accepted.label, accepted.title, accepted.accepted_by, accepted.reason) == (
        "王立群",
        "七星关讲座",
        "account:chen",
        "已与本人商定，上半场在七星关",
    )
    with world.runtime.database.reading() as db:
        noted = sa.select(audit_entries.c.actor).where(
            audit_entries.c.what == "scheduling.session.overridden"
        )
        assert db.scalars(noted).all() == ["account:chen"]
    revise(world, second, planned("课堂观察与诊断", place="新的礼堂"))  # nothing collides anew
    half = timedelta(minutes=30)
    later = Occurrence(starts_at=START + half, ends_at=END + half, place="新的礼堂")
    moved = replace(planned("课堂观察与诊断"), occurrences=(later,))
    with pytest.raises(Taken):
        revise(world, second, moved)


def test_who_shared_has_it_to_themselves_once_the_other_gives_it_back(world: World) -> None:
    first, second = drafted(world, planned("七星关讲座")), drafted(world, planned("课堂观察与诊断"))
    release(world, first)
    release(world, second, override="已商定")

    world.runtime.database.run(
        lambda tx: cancel_session(tx, session_id=first, reason="道路结冰", scopes=OURS), actor="account:chen"
    )

    assert claims(world, first) == []
    assert claims(world, second) == [("person", "confirmed", True), ("place", "confirmed", True)]
    third = drafted(world, planned("第三场"))
    with pytest.raises(Taken):
        release(world, third)


def test_what_is_postponed_holds_nothing_and_comes_back_only_where_there_is_room(world: World) -> None:
    first, second = drafted(world, planned("七星关讲座")), drafted(world, planned("课堂观察与诊断"))
    release(world, first)
    world.runtime.database.run(
        lambda tx: postpone_session(tx, session_id=first, reason="停电", scopes=OURS), actor="account:chen"
    )
    release(world, second)

    with pytest.raises(Taken):
        revise(world, first, planned("七星关讲座"))
    revise(world, first, planned("七星关讲座", days=1))

    assert (world.now(first).state, claims(world, first)[0]) == ("released", ("person", "confirmed", True))


def test_two_sessions_exchange_their_times(either_world: World) -> None:
    world = either_world
    first, second = (
        drafted(world, planned("上", place="礼堂甲")),
        drafted(world, planned("下", place="礼堂乙", days=1)),
    )
    for id_ in (first, second):
        release(world, id_)
    with pytest.raises(Taken):
        revise(world, first, planned("上", days=1))

    world.runtime.database.run(
        lambda tx: swap_sessions(tx, one_id=first, other_id=second, scopes=OURS), actor="account:chen"
    )

    assert (world.now(first).starts_at, world.now(first).place) == (START + DAY, "礼堂乙")
    assert (world.now(second).starts_at, world.now(second).place) == (START, "礼堂甲")
    assert [event.title for event in world.sent() if isinstance(event, SessionRevised)] == ["上", "下"]
    assert claims(world, first) == [("person", "confirmed", True), ("place", "confirmed", True)]


def test_trainees_are_busy_while_their_programme_goes_on(either_world: World) -> None:
    world = either_world
    world.runtime.database.run(
        lambda tx: keep_person(tx, PersonChanged(person_id=WANG, version=1, name="王立群", school_id=GOLMUD)),
        actor="service:test",
    )
    programme, lesson = uuid7(), uuid7()

    def draft(tx: Transaction) -> None:
        draft_programme(tx, id_=programme, outline=Outline(title="研修班"), host_region="", scopes=OURS)
        draft_session(
            tx,
            id_=lesson,
            plan=planned("开班仪式", leaders=(Leader(name="专家A"),)),
            host_region="",
            scopes=OURS,
            programme_id=programme,
            ordinal=1,
        )

    def enrol(tx: Transaction, override: str | None = None) -> None:
        entrants = [Entrant(name="王立群", person_id=WANG), Entrant(name="吕兰英")]
        add_trainees(tx, programme_id=programme, entrants=entrants, scopes=OURS, override=override)

    def release_all(tx: Transaction) -> None:
        release_programme(tx, programme_id=programme, scopes=OURS)

    run = world.runtime.database.run
    run(draft, actor="account:chen")
    lecture = drafted(world, planned("七星关讲座"))
    release(world, lecture)
    run(enrol, actor="account:chen")
    assert [(each.label, each.title) for each in conflicts(world, lesson)] == [("王立群", "七星关讲座")]

    with pytest.raises(Taken):
        run(release_all, actor="account:chen")
    assert world.now(lesson).state == "draft"
    revise(world, lecture, planned("七星关讲座", days=2))
    run(release_all, actor="account:chen")

    assert claims(world, lesson) == [("person", "confirmed", True), ("place", "confirmed", True)]
    with pytest.raises(Taken):
        revise(world, lecture, planned("七星关讲座"))


def test_two_sessions_of_a_programme_that_are_released_together_must_not_collide_either(world: World) -> None:
    programme = uuid7()

    def draft(tx: Transaction) -> None:
        draft_programme(tx, id_=programme, outline=Outline(title="研修班"), host_region="", scopes=OURS)
        for number, title in enumerate(("上", "下"), start=1):
            draft_session(
                tx,
                id_=uuid7(),
                plan=planned(title),
                host_region="",
                scopes=OURS,
                programme_id=programme,
                ordinal=number,
            )

    world.runtime.database.run(draft, actor="account:chen")

    with pytest.raises(Taken) as refused:
        world.runtime.database.run(
            lambda tx: release_programme(tx, programme_id=programme, scopes=OURS), actor="account:chen"
        )

    assert [conflict.label for conflict in refused.value.conflicts] == ["王立群"]
    assert [event for event in world.sent() if isinstance(event, SessionReleased)] == []
