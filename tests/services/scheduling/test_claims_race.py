"""Many that want the same at the same moment: exactly one gets it, and every other one is told who did."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.scheduling.claims.model import Claim, Taken
from services.scheduling.plans.model import Leader, Occurrence, Plan
from services.scheduling.sessions.commands import release_session, swap_sessions
from shared.db import Transaction
from shared.ids import named
from tests.services.scheduling.world import END, GOLMUD, START, World

CLIENTS = 50
OURS = ["region:632800"]
PEOPLE = [Leader(name=name, person_id=named("person", name)) for name in ("王立群", "李文博")]


def planned(number: int, *, leaders: tuple[Leader, ...], days: int = 0) -> Plan:
    once = Occurrence(
        starts_at=START + timedelta(days=days), ends_at=END + timedelta(days=days), place=f"{number} 号楼礼堂"
    )
    return Plan(
        title=f"第 {number} 场",
        kind="lecture",
        occurrences=(once,),
        leaders=leaders,
        invited_schools=(GOLMUD,),
    )


def at_once(world: World, works: list[Callable[[Transaction], object]]) -> list[object]:
    """What each of the works came to, all of them begun at the same moment on connections of their own."""
    gate = Barrier(len(works))

    def go(work: Callable[[Transaction], object]) -> object:
        gate.wait(timeout=30)
        try:
            return world.runtime.database.run(work, actor="account:chen")
        except Taken as taken:
            return taken

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(go, works))


def released(id_: UUID) -> Callable[[Transaction], object]:
    return lambda tx: release_session(tx, session_id=id_, scopes=OURS).id


def test_of_fifty_that_want_one_persons_hour_exactly_one_gets_it(either_world: World) -> None:
    ids = [either_world.drafted(planned(number, leaders=(PEOPLE[0],))).id for number in range(CLIENTS)]

    answers = at_once(either_world, [released(id_) for id_ in ids])

    [winner] = [answer for answer in answers if not isinstance(answer, Taken)]
    assert isinstance(winner, UUID)
    assert [each.conflicts[0].session_id for each in answers if isinstance(each, Taken)] == [winner] * (
        CLIENTS - 1
    )
    assert [either_world.now(id_).state for id_ in ids].count("released") == 1
    with either_world.runtime.database.reading() as db:
        blocking = db.scalars(
            sa.select(Claim.session_id).where(Claim.blocking, Claim.what.startswith("person:"))
        )
        assert blocking.all() == [winner]


def test_those_that_want_the_same_two_people_in_any_order_neither_both_win_nor_hang(
    either_world: World,
) -> None:
    ids = [
        either_world.drafted(planned(number, leaders=(PEOPLE[number % 2], PEOPLE[1 - number % 2]))).id
        for number in range(10)
    ]

    answers = at_once(either_world, [released(id_) for id_ in ids])

    assert sum(not isinstance(answer, Taken) for answer in answers) == 1


def test_two_that_exchange_the_same_two_sessions_both_succeed(either_world: World) -> None:
    one, other = (
        either_world.drafted(planned(number, leaders=(PEOPLE[0],), days=number)).id for number in (0, 1)
    )
    for id_ in (one, other):
        either_world.runtime.database.run(released(id_), actor="account:chen")

    answers = at_once(
        either_world,
        [
            lambda tx: swap_sessions(tx, one_id=one, other_id=other, scopes=OURS),
            lambda tx: swap_sessions(tx, one_id=other, other_id=one, scopes=OURS),
        ],
    )

    assert [type(answer) for answer in answers] == [tuple, tuple]
    assert (either_world.now(one).starts_at, either_world.now(other).starts_at) == (
        START,
        START + timedelta(days=1),
    )


@pytest.mark.parametrize("either_world", ["postgres"], indirect=True)
def test_postgresql_itself_lets_no_two_overlap_whoever_writes_them(either_world: World) -> None:
    engine = either_world.runtime.database.engine
    row = {
        "what": "person:1",
        "status": "confirmed",
        "blocking": True,
        "session_id": named("session", "1"),
        "occurrence": 0,
    }
    first = {**row, "starts_at": START, "ends_at": END}
    right_after = {**row, "starts_at": END, "ends_at": END + timedelta(hours=1)}
    overlapping = {**row, "starts_at": END - timedelta(minutes=1), "ends_at": END}
    wished = {**overlapping, "status": "draft", "blocking": False}
    with engine.begin() as connection:
        connection.execute(sa.insert(Claim), [first, right_after, wished])

    with pytest.raises(sa.exc.IntegrityError, match="no_two_at_once"), engine.begin() as connection:
        connection.execute(sa.insert(Claim), [overlapping])

    with engine.begin() as connection:  # deferred, two may exchange their hours row by row
        connection.execute(sa.text("SET CONSTRAINTS no_two_at_once DEFERRED"))
        for start, new in ((START, right_after), (END, first)):
            connection.execute(
                sa.update(Claim)
                .where(Claim.blocking, Claim.starts_at == start, Claim.id == (1 if start == START else 2))
                .values(starts_at=new["starts_at"], ends_at=new["ends_at"])
            )
