"""Somebody whom scheduling found on a list becomes a person here, with the list as their source, and once."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from services.directory.people.commands import take_in
from services.directory.people.model import Person
from services.directory.schools.model import School
from shared.contracts.directory import PersonChanged
from shared.contracts.scheduling import TraineeEntered
from shared.ids import named
from tests.builders import House

FOUND = named("person", "才让明")


def heard(directory: House, **said: object) -> None:
    with directory.database.reading() as db:
        school = db.scalars(sa.select(School.id).where(School.region_code.startswith("6328"))).first()
    event = TraineeEntered(
        **{  # type: ignore[arg-type]
            "person_id": FOUND,
            "version": 1,
            "name": "才让明",
            "source": "名单.xlsx",
            "programme_id": named("programme", "1"),
            "title": "研修班",
            "school_id": school,
            "post": "校长",
            **said,
        }
    )
    directory.database.run(lambda tx: take_in(tx, event), actor="service:scheduling")


def people(directory: House) -> list[Person]:
    with directory.database.reading() as db:
        return list(db.scalars(sa.select(Person).where(Person.name == "才让明")))


def test_they_come_in_with_their_source_and_everybody_is_told(directory: House) -> None:
    heard(directory)
    heard(directory)

    [person] = people(directory)
    assert (person.id, person.post, person.source) == (FOUND, "校长", "《研修班》名单.xlsx")
    [told] = [
        each for each in directory.said() if isinstance(each, PersonChanged) and each.person_id == FOUND
    ]
    assert (told.name, told.school_id) == ("才让明", person.school_id)
    page = directory.client("coordinator@region:632800").get(f"/directory/people/{FOUND}").text
    assert "《研修班》名单.xlsx" in page


@pytest.mark.parametrize("school", [None, UUID(int=7)])
def test_a_fact_that_cannot_be_is_passed_over(directory: House, school: UUID | None) -> None:
    heard(directory, school_id=school, organisation_id=None if school else UUID(int=8))

    assert people(directory) == []


def test_nobody_of_that_name_there_is_doubled(directory: House) -> None:
    heard(directory)
    heard(directory, person_id=named("person", "another"))

    assert [person.id for person in people(directory)] == [FOUND]
