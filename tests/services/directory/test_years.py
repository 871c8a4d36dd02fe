"""Closing a school year: what is kept then stays, whatever the next rosters say."""

from datetime import date
from functools import partial

import pytest
from click.testing import CliRunner

from services.directory.app import service
from services.directory.demonstration import demonstrate
from services.directory.people.commands import leave
from services.directory.schools.model import School
from services.directory.years.commands import close_school_year
from services.directory.years.policies import due, running
from services.directory.years.queries import Totals, YearRow, totals_now, years_closed, years_of
from shared.db import Transaction
from shared.errors import Forbidden, Refusal
from shared.ids import named
from tests.builders import GOLMUD, House

TODAY = date(2025, 6, 3)
FIRST = named("person", "3632801001/0")
AT = "/directory/school-years"

close = partial(close_school_year, year=2024, today=TODAY, scopes=["all"])


def a_new_roster(tx: Transaction) -> None:
    """Somebody leaves, and the school has other pupils."""
    leave(tx, person_id=FIRST, scopes={"all"})
    tx.load(School, GOLMUD).pupils = 999


@pytest.mark.parametrize(
    ("today", "runs", "is_due"),
    [
        (date(2025, 9, 1), 2025, 2024),
        (date(2025, 12, 31), 2025, 2024),
        (date(2026, 1, 1), 2025, 2024),
        (date(2026, 5, 31), 2025, 2024),
        (date(2026, 6, 1), 2025, 2025),
        (date(2026, 8, 31), 2025, 2025),
    ],
)
def test_the_year_to_close_is_the_one_that_ends_or_ended_last(today: date, runs: int, is_due: int) -> None:
    assert (running(today), due(today)) == (runs, is_due)


def test_the_figures_of_a_closed_year_stay_as_they_were(either: House) -> None:
    either.database.run(demonstrate, actor="service:directory")
    with either.database.reading() as db:
        before = totals_now(db)

    assert either.database.run(close, actor="account:x") == before.schools == 19
    either.database.run(a_new_roster, actor="account:x")

    with either.database.reading() as db:
        assert years_closed(db) == [Totals(2024, 19, before.pupils, 19 * 8)]
        assert totals_now(db) == Totals(None, 19, before.pupils - 280 + 999, 19 * 8 - 1)
        assert years_of(db, GOLMUD) == [YearRow(2024, 280, None, 280, 8)]


@pytest.mark.parametrize(("year", "reason"), [(2024, "closed already"), (2025, "not begun")])
def test_a_year_is_closed_once_and_not_before_it_began(directory: House, year: int, reason: str) -> None:
    directory.database.run(close, actor="account:x")

    with pytest.raises(Refusal, match=reason):
        directory.database.run(partial(close, year=year), actor="account:x")


def test_nobody_closes_a_year_for_one_region(directory: House) -> None:
    with pytest.raises(Forbidden):
        directory.database.run(partial(close, scopes=["region:632800"]), actor="account:x")


@pytest.mark.parametrize(
    ("language", "asks", "kept", "now"),
    [
        ("zh", "结转 2024—2025 学年？", "2024—2025 学年已结转，19 所学校的数据已留存。", "现在"),
        ("en", "Close the school year 2024–2025?", "the figures of 19 schools are kept", "Now"),
    ],
)
def test_the_page_says_what_will_happen_and_the_school_shows_it_afterwards(
    directory: House, language: str, asks: str, kept: str, now: str
) -> None:
    administrator = directory.client("administrator@all", language=language)
    school = f"/directory/schools/{GOLMUD}"
    assert asks in administrator.get(AT).text
    assert now not in administrator.get(school).text

    assert kept in administrator.post(AT, data={"year": "2024"}).text
    directory.database.run(a_new_roster, actor="account:x")

    again = administrator.post(AT, data={"year": "2024"})
    assert again.status_code == 409
    assert asks not in again.text
    page = administrator.get(school).text
    assert "2024—2025" in page
    assert ">280<" in page
    assert ">999<" in page
    trail = directory.client("auditor@all", language=language).get("/directory/audit").text
    assert ("结转学年" if language == "zh" else "School year closed") in trail


@pytest.mark.parametrize("year", ["", "x", "²⁰²⁴", "20240"])
def test_a_year_that_is_none_is_refused(directory: House, year: str) -> None:
    assert directory.client("administrator@all").post(AT, data={"year": year}).status_code == 422


def test_the_command_line_tells_first_and_closes_when_it_is_sure(
    directory: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TONGXING_DATA", str(directory.runtime.settings.data))
    assert service.commands
    command = next(each for each in service.commands() if each.name == "close-year")

    told = CliRunner().invoke(command, ["--year", "2024"])
    assert "Nothing was written" in told.output
    with directory.database.reading() as db:
        assert years_closed(db) == []

    assert "19 schools are kept" in CliRunner().invoke(command, ["--year", "2024", "--confirm"]).output
    assert isinstance(CliRunner().invoke(command, ["--year", "2024"]).exception, Refusal)
