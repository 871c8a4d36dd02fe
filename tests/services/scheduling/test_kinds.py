"""Kinds of session as data: an administrator keeps them, planners choose from them, sessions keep theirs."""

import pytest

from services.scheduling.kinds.commands import add_kind, call_kind, retire_kind
from services.scheduling.kinds.queries import kinds
from services.scheduling.plans.model import KINDS
from services.scheduling.sessions.commands import draft_session, revise_session
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence
from tests.services.scheduling.world import HAIXI, World, plan

ALL = ["all"]


def run(world: World, work: object) -> object:
    return world.runtime.database.run(work, actor="account:1")  # type: ignore[arg-type]  # tests' lambdas


def known(world: World, *, offered: bool = False, besides: str = "") -> dict[str, Sentence]:
    with world.runtime.database.reading() as db:
        return kinds(db, offered=offered, besides=besides)


def test_it_begins_with_the_kinds_of_the_field(either_world: World) -> None:
    assert known(either_world) == dict(KINDS)
    told = either_world.client("coordinator@region:632800").get("/scheduling/api/v1/kinds").get_json()
    assert [each["key"] for each in told] == list(KINDS)
    assert told[0] == {
        "key": "joint_research",
        "zh": "联合教研",
        "en": "Joint teaching research",
        "retired_at": None,
    }


def test_an_administrator_adds_renames_and_retires(world: World) -> None:
    run(world, lambda tx: add_kind(tx, key="book_club", zh="读书会", en="Book club", scopes=ALL))
    run(world, lambda tx: call_kind(tx, key="lecture", zh="讲座", en="Talk", scopes=ALL))
    run(world, lambda tx: retire_kind(tx, key="self_study", retired=True, scopes=ALL))

    assert known(world)["book_club"] == Sentence(zh="读书会", en="Book club")
    assert known(world)["lecture"] == Sentence(zh="讲座", en="Talk")
    assert set(known(world)) - set(known(world, offered=True)) == {"self_study"}
    assert "self_study" in known(world, offered=True, besides="self_study")

    run(world, lambda tx: retire_kind(tx, key="self_study", retired=False, scopes=ALL))
    assert "self_study" in known(world, offered=True)


@pytest.mark.parametrize(
    ("key", "zh", "field"), [("Lecture!", "讲座", "key"), ("new", "", "zh"), ("new", "长" * 41, "zh")]
)
def test_a_kind_that_cannot_be_is_refused_at_its_field(world: World, key: str, zh: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        run(world, lambda tx: add_kind(tx, key=key, zh=zh, en="New", scopes=ALL))
    assert refused.value.field == field


def test_a_key_is_given_once_and_by_who_administers_all(world: World) -> None:
    with pytest.raises(Refusal):
        run(world, lambda tx: add_kind(tx, key="lecture", zh="讲座", en="Talk", scopes=ALL))
    with pytest.raises(Forbidden):
        run(world, lambda tx: add_kind(tx, key="new", zh="新", en="New", scopes=["region:632800"]))


def test_what_is_retired_is_chosen_no_more_and_kept_where_it_was(world: World) -> None:
    own = ["region:632800"]
    there = world.drafted(plan(kind="lecture"))
    run(world, lambda tx: retire_kind(tx, key="lecture", retired=True, scopes=ALL))

    def draft(tx: Transaction, kind: str, *, as_written: bool = False) -> object:
        return draft_session(
            tx,
            id_=uuid7(),
            plan=plan(kind=kind, place=""),
            host_region=HAIXI,
            scopes=own,
            as_written=as_written,
        )

    for kind in ("lecture", "party"):
        with pytest.raises(Invalid) as refused:
            run(world, lambda tx, kind=kind: draft(tx, kind))
        assert refused.value.field == "kind"
    run(world, lambda tx: draft(tx, "lecture", as_written=True))
    run(
        world,
        lambda tx: revise_session(
            tx, session_id=there.id, plan=plan(kind="lecture", title="改名"), scopes=own
        ),
    )

    client = world.client("coordinator@region:632800")
    assert 'value="lecture"' not in client.get("/scheduling/sessions/new").text
    assert 'value="lecture" selected' in client.get(f"/scheduling/sessions/{there.id}/revision").text
    assert "专题讲座" in client.get(f"/scheduling/sessions/{there.id}").text


def test_the_page_keeps_them_and_what_was_typed(world: World) -> None:
    client = world.client("administrator@all")
    at = "/scheduling/kinds"

    wrong = client.post(at, data={"key": "读书", "zh": "读书会", "en": "Book club"})
    done = client.post(at, data={"key": "book_club", "zh": "读书会", "en": "Book club"})
    again = client.post(at, data={"key": "book_club", "zh": "读书会", "en": "Book club"})
    nameless = client.post(f"{at}/book_club/names", data={"zh": " ", "en": "Club"})

    assert (wrong.status_code, done.status_code) == (422, 303)
    assert (again.status_code, nameless.status_code) == (409, 422)
    assert 'value="读书会"' in wrong.text
    assert client.post(f"{at}/book_club/retirement").status_code == 303
    assert "已停用" in client.get(at).text
    assert client.post(f"{at}/book_club/return").status_code == 303
    assert client.post(f"{at}/nothing/return").status_code == 404
    assert world.client("administrator@region:632800").post(f"{at}/lecture/retirement").status_code == 403


def test_the_list_filters_sorts_turns_pages_and_exports(world: World) -> None:
    client = world.client("coordinator@region:632800")
    for number in range(27):
        world.drafted(plan(title=f"讲座 {number:02d}", place=f"{number} 号教室"))
    world.drafted(plan(title="教研", kind="joint_research", place="别处"))

    first = client.get("/scheduling/?sort=title").text
    assert ("讲座 00" in first, "讲座 26" in first, "第 1–25 行，共 28 行" in first) == (True, False, True)
    assert "讲座 26" in client.get("/scheduling/?sort=-title").text
    assert "讲座 26" in client.get("/scheduling/?sort=title&page=2").text
    one = client.get("/scheduling/?kind=joint_research&state=draft&q=教").text
    assert ("教研" in one, "讲座 00" in one) == (True, False)
    assert "没有符合条件的活动" in client.get("/scheduling/?since=2025-06-11").text
    assert "没有符合条件的活动" in client.get("/scheduling/?until=2025-06-09").text
    assert "讲座 00" in client.get("/scheduling/?since=2025-06-10&until=2025-06-10&sort=title").text
    assert client.get("/scheduling/?since=tomorrow").status_code == 422
    assert client.get("/scheduling/?sort=reason").status_code == 422
    assert client.get("/scheduling/sessions.xlsx?kind=joint_research").data[:2] == b"PK"
