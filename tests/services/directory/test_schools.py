"""The register of schools: its states, who sees which, and a database that was restored."""

from functools import partial

from services.directory.schools.commands import adopt_school, enter_school
from services.directory.schools.queries import schools_within, states
from shared.contracts.directory import SchoolChanged
from tests.builders import House, school, three_schools


def entered(house: House, *events: SchoolChanged) -> None:
    for event in events:
        house.database.run(
            partial(
                enter_school,
                id_=event.school_id,
                code=event.code,
                name=event.name,
                name_en=event.name_en,
                stage=event.stage,
                region_code=event.region_code,
                region_name=event.region_name,
            ),
            actor="service:directory",
        )


def test_entering_a_school_says_its_whole_state(either: House) -> None:
    entered(either, *three_schools())

    assert either.said() == list(three_schools())
    with either.database.reading() as db:
        assert sorted(states(db), key=str) == sorted(three_schools(), key=str)


def test_each_scope_sees_its_own(either: House) -> None:
    entered(either, *three_schools())
    golmud, delingha, partner = three_schools()

    def seen(*scopes: str) -> list[str]:
        with either.database.reading() as db:
            return [row.name for row in schools_within(db, scopes)]

    assert seen("all") == [partner.name, golmud.name, delingha.name]
    assert seen("region:632800") == [golmud.name, delingha.name]
    assert seen("region:632802") == [delingha.name]
    assert seen(f"school:{golmud.school_id}") == [golmud.name]
    assert seen("region:520000", "region:632801") == [partner.name, golmud.name]
    assert seen() == []
    assert seen("group:unknown") == []


def test_a_restored_register_adopts_newer_states_only(either: House) -> None:
    entered(either, school(name="before"))
    newer, older = school(version=3, name="newest"), school(version=2, name="older")

    for event in (newer, older):
        either.database.run(partial(adopt_school, event=event), actor="service:directory")

    with either.database.reading() as db:
        assert list(states(db)) == [newer]
