"""The page of the audit trail: what is found, who sees it, and that taking it away is written down."""

import io
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from openpyxl import load_workbook

from services.scheduling.app import service
from shared.db import Transaction
from shared.db.audit import enter
from tests.builders import GOLMUD, PARTNER, SOMEBODY, House, house, three_schools

AT = "/scheduling/audit"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        made.hear(*three_schools())
        yield made


def happens(here: House, what: str, *, school: UUID = GOLMUD, actor: str = f"account:{SOMEBODY}") -> None:
    def work(tx: Transaction) -> None:
        enter(
            tx,
            what=what,
            subject_kind="scheduling.sessions",
            subject=str(school),
            school_id=school,
            changes={"title": ["旧题", "<b>新题</b>"]},
        )

    here.database.run(work, actor=actor, origin="10.0.0.9")


def test_an_entry_says_who_what_where_before_and_after(here: House) -> None:
    happens(here, "scheduling.session.released.v1")

    page = here.client("administrator@all").get(AT).get_data(as_text=True)

    for said in ("活动发布", "10.0.0.9", str(SOMEBODY)[-8:], "旧题", "&lt;b&gt;新题"):
        assert said in page
    assert "Session released" in here.client("auditor@all", language="en").get(AT).get_data(as_text=True)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (f"who=account:{SOMEBODY}", ["one"]),
        (f"school={PARTNER}", ["two"]),
        (f"subject={GOLMUD}", ["one"]),
        ("what=two", ["two"]),
        ("day=2025-06-03", ["one", "two"]),
        ("day=2025-06-02", []),
        ("day=never", ["one", "two"]),
        ("before=9999999999999999999999", ["one", "two"]),
        ("school=never", []),
    ],
)
def test_it_is_searched(here: House, asked: str, found: list[str]) -> None:
    happens(here, "one")
    happens(here, "two", school=PARTNER, actor="operator:root")

    page = here.client("administrator@all").get(f"{AT}?{asked}").get_data(as_text=True)

    assert [what for what in ("one", "two") if f"<td>{what}</td>" in page] == found


def test_older_entries_are_on_the_next_page(here: House) -> None:
    for number in range(51):
        happens(here, f"number-{number}")
    client = here.client("administrator@all")

    first = client.get(AT).get_data(as_text=True)

    assert "<td>number-50</td>" in first
    assert "<td>number-0</td>" not in first
    assert "<td>number-0</td>" in client.get(f"{AT}?before=2").get_data(as_text=True)


def test_a_coordinator_sees_what_is_about_their_own_schools(here: House) -> None:
    happens(here, "one")
    happens(here, "two", school=PARTNER)

    page = here.client("coordinator@region:632800").get(AT).get_data(as_text=True)

    assert "<td>one</td>" in page
    assert "<td>two</td>" not in page


@pytest.mark.parametrize(
    ("scope", "found"),
    [("", ["one", "two"]), ("region:632800", ["one"]), ("region:520500", ["two"]), ("all", ["one", "two"])],
)
def test_it_keeps_to_the_chosen_scope(here: House, scope: str, found: list[str]) -> None:
    happens(here, "one")
    happens(here, "two", school=PARTNER)
    client = here.client("coordinator@region:632800", "coordinator@region:520500")
    client.set_cookie("scope", scope)

    page = client.get(AT).get_data(as_text=True)

    assert [what for what in ("one", "two") if f"<td>{what}</td>" in page] == found


def test_taking_it_away_is_written_into_it(here: House) -> None:
    happens(here, "one")
    client = here.client("administrator@all")

    answer = client.get(f"{AT}/export.xlsx")

    cells = [cell.value for row in load_workbook(io.BytesIO(answer.data)).active.rows for cell in row]  # type: ignore[union-attr]
    assert "one" in cells
    assert "导出列表" in client.get(AT).get_data(as_text=True)
