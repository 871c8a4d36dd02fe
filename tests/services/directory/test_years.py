"""Closing a school year: what is kept then stays, whatever the next rosters say."""

from datetime import date, timedelta
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

TODAY = date(2026, 6, 3)
FIRST = named("person", "3632801001/0")
AT = "/directory/school-years"

#: From the clock of tests to that day.
A_YEAR = timedelta(days=365)

close = partial(close_school_year, year=2025, today=TODAY, scopes=["all"])


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

    assert either.database.run(close, actor="account:x") == before.schools == 22
    either.database.run(a_new_roster, actor="account:x")

    with either.database.reading() as db:
        assert years_closed(db)[0] == Totals(2025, 22, before.pupils, 22 * 8)
        assert totals_now(db) == Totals(None, 22, before.pupils - 280 + 999, 22 * 8 - 1)
        assert years_of(db, GOLMUD) == [
            YearRow(2025, 280, None, 280, 8),
            YearRow(2024, 291, None, 291, 8),  # the demonstration's
            YearRow(2023, 302, None, 302, 7),
        ]


@pytest.mark.parametrize(("year", "reason"), [(2025, "closed already"), (2026, "not begun")])
def test_a_year_is_closed_once_and_not_before_it_began(directory: House, year: int, reason: str) -> None:
    directory.database.run(close, actor="account:x")

    with pytest.raises(Refusal, match=reason):
        directory.database.run(partial(close, year=year), actor="account:x")


def test_nobody_closes_a_year_for_one_region(directory: House) -> None:
    with pytest.raises(Forbidden):
        directory.database.run(partial(close, scopes=["region:632800"]), actor="account:x")


@pytest.mark.parametrize(
    ("language", "asks", "kept"),
    [
        ("zh", "结转 2025—2026 学年？", "2025—2026 学年已结转，22 所学校的数据已留存。"),
        ("en", "Close the school year 2025–2026?", "the figures of 22 schools are kept"),
    ],
)
def test_the_page_says_what_will_happen_and_the_school_shows_it_afterwards(
    directory: House, language: str, asks: str, kept: str
) -> None:
    directory.clock.move(A_YEAR)
    administrator = directory.client("administrator@all", language=language)
    school = f"/directory/schools/{GOLMUD}"
    assert asks in administrator.get(AT).text
    assert "2025—2026" not in administrator.get(school).text

    assert kept in administrator.post(AT, data={"year": "2025"}).text
    directory.database.run(a_new_roster, actor="account:x")

    again = administrator.post(AT, data={"year": "2025"})
    assert again.status_code == 409
    assert asks not in again.text
    page = administrator.get(school).text
    assert "2025—2026" in page
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

    told = CliRunner().invoke(command, ["--year", "2022"])  # the command has a clock of its own
    assert "Nothing was written" in told.output
    with directory.database.reading() as db:
        assert [closed.year for closed in years_closed(db)] == [2024, 2023]

    assert "22 schools are kept" in CliRunner().invoke(command, ["--year", "2022", "--confirm"]).output
    with directory.database.reading() as db:
        assert [closed.year for closed in years_closed(db)] == [2024, 2023, 2022]
    assert isinstance(CliRunner().invoke(command, ["--year", "2022"]).exception, Refusal)
