"""Whom a row of a roster means: told apart by what offices write, and never guessed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from services.directory.app import service
from services.directory.comparing.model import Known
from services.directory.comparing.policies import Meant, meant
from services.directory.imports.model import ImportRow
from services.directory.imports.queries import problems_of
from services.directory.people.model import Person
from services.directory.rosters.model import PersonRow
from tests.builders import House, house
from tests.services.directory.rosters import DELINGHA, GOLMUD, applied, book, changes, now, staged, work

HERE, THERE = uuid4(), uuid4()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[House]:
    with house(service, tmp_path) as made:
        yield made


def row(digits: str = "", birth: str = "", *, sex: str = "") -> PersonRow:
    return PersonRow(sheet="教师", row=3, name="王芳", id_last4=digits, birth=birth, sex=sex)


def known(digits: str = "", birth: str = "", *, at: UUID = HERE, left: bool = False, sex: str = "") -> Known:
    gone = datetime(2025, 1, 1, tzinfo=UTC) if left else None
    empty = dict.fromkeys(("subject", "post", "title", "backbone", "since", "degree", "stage", "phone"), "")
    return Known(
        id=uuid4(),
        version=1,
        name="王芳",
        school_id=at,
        organisation_id=None,
        sex=sex,
        birth=birth,
        id_last4=digits,
        left_at=gone,
        **empty,
    )


def who(said: PersonRow, *people: Known, rivals: tuple[PersonRow, ...] = ()) -> Meant:
    return meant(said, place=HERE, known=people, rivals=rivals)


def test_name_digits_and_birth_are_the_same_person_wherever() -> None:
    moved, namesake = known("1234", "1980-01", at=THERE), known("9999", "1980-01")
    assert who(row("1234", "1980-01"), namesake, moved) == Meant(person=moved)


def test_here_goes_before_elsewhere() -> None:
    here, there = known("1234", "1980-01"), known("1234", "1980-01", at=THERE)
    assert who(row("1234", "1980-01"), there, here) == Meant(person=here)


@pytest.mark.parametrize("birth", ["", "1980-02"])
def test_a_birth_that_is_missing_or_differs_makes_nobody_new_here(birth: str) -> None:
    here = known("1234", "1980-01")
    assert who(row("1234", birth), here) == Meant(person=here)


@pytest.mark.parametrize("birth", ["", "1980-02"])
def test_but_elsewhere_it_may_be_a_namesake(birth: str) -> None:
    assert who(row("1234", birth), known("1234", "1980-01", at=THERE)) == Meant()


def test_digits_that_differ_are_two_people() -> None:
    assert who(row("1234", "1980-01"), known("5678", "1980-01")) == Meant()


def test_a_sheet_without_digits_means_the_only_one_of_that_name_here() -> None:
    here = known("1234", "1980-01")
    assert who(row(), here) == who(row("", "1980-01"), here) == Meant(person=here)
    assert who(row(sex="女"), known("1234", "1980-01", sex="男")) == Meant()
    assert who(row(), known("1234", "1980-01", left=True)) == Meant()


def test_of_two_nobody_is_guessed() -> None:
    one, two = known("1234", "1980-01"), known("5678", "1985-05")
    assert who(row(), one, two) == Meant(doubt=(one, two))
    twins = known("1234", "1980-01", at=THERE), known("1234", "1980-01", at=THERE)
    assert who(row("1234", "1980-01"), *twins) == Meant(doubt=twins)


def test_nor_where_the_roster_has_a_second_one_of_that_name() -> None:
    here = known("1234", "1980-01")
    assert who(row(), here, rivals=(row(),)) == Meant(doubt=(here,))
    assert who(row("1234", "1980-02"), here, rivals=(row("1234", "1980-03"),)) == Meant(doubt=(here,))
    assert who(row("1234", "1980-02"), here, rivals=(row("7777", "1980-01"),)) == Meant(person=here)


def person(name: str, digits: str, birth: str, at: str, *more: str) -> tuple[str, ...]:
    return (name, "女", digits, birth, at, *more)


def test_a_birth_put_right_is_shown_as_a_change(office: House) -> None:
    applied(office, book([person("王芳", "1234", "1980.01", GOLMUD, "语文")]))
    made = staged(office, book([person("王芳", "1234", "1980.10", GOLMUD, "语文")]))
    assert changes(made) == {"people.changed": 1}
    with office.database.reading() as db:
        found = db.scalars(sa.select(ImportRow).where(ImportRow.import_id == made.id)).one()
    assert (found.before, found.after) == ({"birth": "1980-01"}, {"birth": "1980-10"})


def test_an_empty_cell_keeps_what_is_known(office: House) -> None:
    applied(office, book([person("王芳", "1234", "1980.01", GOLMUD, "语文", "一级教师", "10001234567")]))
    made = staged(office, book([person("王芳", "1234", "1980.01", GOLMUD)]))
    assert changes(made) == {}


def test_who_moves_is_one_person_still(office: House) -> None:
    applied(office, book([person("王芳", "1234", "1980.01", GOLMUD, "语文")]))
    applied(office, book([person("王芳", "1234", "1980.01", DELINGHA, "语文")]))
    with office.database.reading() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(Person)) == 1


def test_who_cannot_be_told_is_asked_about_and_left_out(office: House) -> None:
    two = [person("王芳", "1234", "1980.01", GOLMUD), person("王芳", "5678", "1985.05", GOLMUD)]
    applied(office, book(two))
    made = staged(
        office, book([person("王芳", "", "", GOLMUD, "数学"), person("李雷", "1111", "1990.01", GOLMUD)])
    )
    assert changes(made) == {"people.added": 1}
    with office.database.reading() as db:
        [problem] = problems_of(db, made.id)
    assert problem.severity == "error"
    assert "教师 第 2 行" in problem.zh
    assert "1980-01" in problem.zh
    assert "1985-05" in problem.zh


def test_who_is_meant_can_be_chosen_on_the_page(office: House) -> None:
    two = [person("王芳", "1234", "1980.01", GOLMUD), person("王芳", "5678", "1985.05", GOLMUD)]
    applied(office, book(two))
    # The one says a name alone and may be either; the other has a birth that neither has, and is somebody new.
    rows = [person("王芳", "", "", GOLMUD, "数学"), person("王芳", "", "1999.09", GOLMUD, "英语")]
    made = staged(office, book(rows))
    client = office.client("administrator@all", language="en")
    with office.database.reading() as db:
        younger = db.scalars(sa.select(Person).where(Person.id_last4 == "5678")).one()
        asked = [problem.asked for problem in problems_of(db, made.id)]
    assert asked == ["教师:2"]
    assert "1985-05 · 5678 · 女" in client.get(f"/directory/imports/{made.id}").text
    client.post(f"/directory/imports/{made.id}/choices", data={"row-教师:2": str(uuid4())})
    work(office)
    assert changes(now(office, made.id))["people.added"] == 1  # a stranger is nobody's choice
    client.post(f"/directory/imports/{made.id}/choices", data={"row-教师:2": str(younger.id)})
    work(office)
    again = now(office, made.id)
    assert changes(again) == {"people.added": 1, "people.changed": 1, "people.gone": 1}
    with office.database.reading() as db:
        assert problems_of(db, made.id) == []
        wanted = sa.select(ImportRow).where(ImportRow.import_id == made.id, ImportRow.action == "changed")
        row = db.scalars(wanted).one()
    assert (row.target_id, row.after) == (younger.id, {"subject": "数学"})


def test_whom_another_row_means_exactly_is_not_to_be_had() -> None:
    here = known("1234", "1980-01")
    assert who(row(), here, rivals=(row("1234", "1980-01"),)) == Meant()
    assert who(row("1234", "1980-02"), here, rivals=(row("1234", "1980-01"),)) == Meant()


def test_who_says_less_takes_nobody_from_the_other_rows(office: House) -> None:
    two = [person("王芳", "1234", "1980.01", GOLMUD), person("王芳", "5678", "1985.05", GOLMUD)]
    applied(office, book(two))
    assert changes(staged(office, book([person("王芳", "", "", GOLMUD), *two]))) == {"people.added": 1}
    made = staged(office, book([person("王芳", "", "", GOLMUD, "数学"), person("王芳", "", "", DELINGHA)]))
    client = office.client("administrator@all", language="en")
    client.post(f"/directory/imports/{made.id}/choices", data={"row-教师:2": "new"})
    work(office)
    assert changes(now(office, made.id)) == {"people.added": 2, "people.gone": 2}


def test_namesakes_of_one_school_stay_two(office: House) -> None:
    two = [person("王芳", "1234", "1980.01", GOLMUD), person("王芳", "5678", "1985.05", GOLMUD)]
    applied(office, book(two))
    assert changes(staged(office, book(list(reversed(two))))) == {}
