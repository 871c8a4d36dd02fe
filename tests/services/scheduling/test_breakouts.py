"""Groups and materials of a session: dealt evenly, kept as arranged, their places taken, and shown to who may see them."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.breakouts.commands import arrange, deal_out
from services.scheduling.breakouts.model import Breakout
from services.scheduling.breakouts.policies import How, deal
from services.scheduling.breakouts.queries import division_of
from services.scheduling.claims.model import Taken
from services.scheduling.materials.commands import add_material, remove_material
from services.scheduling.materials.queries import Asking, materials_of, session_for
from shared.errors import Invalid, NotFound, Refusal, Stale
from shared.ids import uuid7
from tests.services.scheduling.company import OWN_LIAISON, do, named_by, released, staff
from tests.services.scheduling.world import GOLMUD, PARTNER, World

OURS = frozenset({"region:632800"})
ELSEWHERE = frozenset({"region:520502"})


@given(
    st.lists(st.sampled_from(["格尔木二中", "德令哈一中", "都兰县教育局"]), min_size=1, max_size=70),
    st.integers(1, 12),
    st.sampled_from(["mixed", "together"]),
)
def test_everybody_is_in_one_group_and_sizes_differ_by_one(units: list[str], number: int, how: How) -> None:
    groups = deal(list(enumerate(units)), number=number, how=how)

    assert len(groups) == number
    assert sorted(who for group in groups for who in group) == list(range(len(units)))
    assert max(map(len, groups)) - min(map(len, groups)) <= 1
    if how == "mixed":
        for unit in set(units):
            spread = Counter(sum(units[who] == unit for who in group) for group in groups)
            assert max(spread) - min(spread) <= 1
    else:  # in a row of units each next one begins where the one before ends
        assert sum(len({units[who] for who in group}) for group in groups) <= len(set(units)) + number


def with_people(world: World, number: int = 5, **said: object) -> UUID:
    """A released session with people of one school in it."""
    session_id = released(world, schools=(GOLMUD,), **said)
    named_by(world, session_id, staff(world, GOLMUD, number), school=GOLMUD, asker=OWN_LIAISON)
    return session_id


def groups(world: World, session_id: UUID) -> list[tuple[str, str, int]]:
    with world.runtime.database.reading() as db:
        found = division_of(db, session_id)
        return [(each.name, each.place, len(each.members)) for each in found.groups] if found else []


def test_dealing_anew_keeps_names_and_places(either_world: World) -> None:
    session_id = with_people(either_world)
    deal_ = {"session_id": session_id, "how": "mixed", "scopes": OURS}
    made = do(either_world, lambda tx: deal_out(tx, number=2, **deal_))  # type: ignore[arg-type]
    first, second = made.groups
    named = [Breakout(name="高中组", place="一号教室", members=first.members), second]
    do(either_world, lambda tx: arrange(tx, session_id=session_id, groups=named, scopes=OURS, seen=1))

    do(either_world, lambda tx: deal_out(tx, number=3, seen=2, **deal_))  # type: ignore[arg-type]

    assert groups(either_world, session_id) == [
        ("高中组", "一号教室", 2),
        ("第 2 组", "", 2),
        ("第 3 组", "", 1),
    ]


def test_a_place_of_a_group_is_taken_as_any_other(either_world: World) -> None:
    session_id = with_people(either_world)
    do(either_world, lambda tx: deal_out(tx, session_id=session_id, number=1, how="mixed", scopes=OURS))
    released(either_world, schools=(GOLMUD,), place="格尔木市图书馆二楼")

    with pytest.raises(Taken) as taken:
        do(
            either_world,
            lambda tx: arrange(
                tx,
                session_id=session_id,
                groups=[Breakout(name="一组", place="格尔木市图书馆二楼")],
                scopes=OURS,
            ),
        )

    assert taken.value.conflicts[0].label == "格尔木市图书馆二楼"
    assert groups(either_world, session_id) == [("第 1 组", "", 5)]


def test_what_is_no_division_is_refused(either_world: World) -> None:
    session_id = with_people(either_world, 2)
    deal_ = {"session_id": session_id, "how": "mixed"}
    for number, error in ((0, Invalid), (3, Invalid)):
        with pytest.raises(error):
            do(either_world, lambda tx, number=number: deal_out(tx, number=number, scopes=OURS, **deal_))  # type: ignore[misc,arg-type]
    with pytest.raises(NotFound):
        do(either_world, lambda tx: deal_out(tx, number=1, scopes=ELSEWHERE, **deal_))  # type: ignore[arg-type]
    do(either_world, lambda tx: deal_out(tx, number=1, scopes=OURS, **deal_))  # type: ignore[arg-type]
    for wrong in (
        [Breakout(name="")],
        [Breakout(name="一组"), Breakout(name="一组")],
        [Breakout(name="一组", members=(uuid7(),))],
    ):
        with pytest.raises(Invalid):
            do(
                either_world,
                lambda tx, wrong=wrong: arrange(tx, session_id=session_id, groups=wrong, scopes=OURS),  # type: ignore[misc]
            )
    with pytest.raises(Stale):
        do(
            either_world,
            lambda tx: arrange(
                tx, session_id=session_id, groups=[Breakout(name="一组")], scopes=OURS, seen=7
            ),
        )
    assert groups(either_world, session_id) == [("第 1 组", "", 2)]


def test_nobody_to_divide_is_said(either_world: World) -> None:
    session_id = released(either_world, schools=(GOLMUD,))

    with pytest.raises(Refusal, match="Nobody takes part"):
        do(either_world, lambda tx: deal_out(tx, session_id=session_id, number=2, how="mixed", scopes=OURS))


def test_the_page_deals_and_keeps_what_was_typed(world: World) -> None:
    session_id, client = with_people(world), world.client("coordinator@region:632800")
    path = f"/scheduling/sessions/{session_id}/breakouts"

    assert (
        client.post(f"{path}/dealing", data={"number": "2", "how": "together", "seen": "0"}).status_code
        == 303
    )
    page = client.get(path).text
    assert page.count('name="member-') == 5
    answer = client.post(path, data={"name-0": "甲组", "name-1": "甲组", "seen": "1"})

    assert answer.status_code == 422
    assert "有两个组都叫“甲组”" in answer.text
    assert answer.text.count('value="甲组"') == 2


def test_materials_are_for_the_host_the_invited_and_who_takes_part(either_world: World) -> None:
    session_id = with_people(either_world, 1)
    [person] = staff(either_world, GOLMUD, 1)
    add = {"session_id": session_id, "scopes": OURS, "title": "会议手册"}
    made = do(either_world, lambda tx: add_material(tx, link="/resources/items/1", **add).id)  # type: ignore[arg-type]
    for link in ("", "ftp://x", "javascript:alert(1)", "http://", "/scheduling/", "http://["):
        with pytest.raises(Invalid):
            do(either_world, lambda tx, link=link: add_material(tx, link=link, **add))  # type: ignore[misc,arg-type]

    with either_world.runtime.database.reading() as db:
        for who in (
            Asking(scopes=OURS),
            Asking(scopes=(), schools={GOLMUD}),
            Asking(scopes=(), person_id=person),
        ):
            assert session_for(db, session_id, who).id == session_id
        for who in (
            Asking(scopes=ELSEWHERE),
            Asking(scopes=(), schools={PARTNER}),
            Asking(scopes=(), person_id=uuid7()),
        ):
            with pytest.raises(NotFound):
                session_for(db, session_id, who)
        assert [each.title for each in materials_of(db, session_id)] == ["会议手册"]

    with pytest.raises(NotFound):
        do(
            either_world,
            lambda tx: remove_material(tx, session_id=session_id, material_id=made, scopes=ELSEWHERE),
        )
    do(either_world, lambda tx: remove_material(tx, session_id=session_id, material_id=made, scopes=OURS))
    with either_world.runtime.database.reading() as db:
        assert materials_of(db, session_id) == []
