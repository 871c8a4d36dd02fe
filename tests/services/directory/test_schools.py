"""The register of schools: entered, told, restored, and shown to each as far as it is theirs."""

from functools import partial
from uuid import UUID

import pytest

from services.directory.app import service
from services.directory.demonstration import demonstrate
from services.directory.schools.commands import enter_school
from services.directory.schools.model import School
from services.directory.schools.queries import SchoolRow, schools_within, states
from shared.contracts.directory import TAUGHT, SchoolChanged
from shared.db import Transaction
from shared.ids import named
from tests.builders import DELINGHA, GOLMUD, PARTNER, House, counted, school, three_schools


def enter(either: House, *events: SchoolChanged) -> None:
    for event in events:
        either.database.run(
            partial(
                enter_school,
                school=School.enter(
                    id_=event.school_id,
                    code=event.code,
                    name=event.name,
                    name_en=event.name_en,
                    stage=event.stage,
                    region_code=event.region_code,
                    region_name=event.region_name,
                ),
            ),
            actor="service:directory",
        )


def _adopt(tx: Transaction, event: SchoolChanged) -> None:
    service.adopt[SchoolChanged](tx, event)


def found(either: House, *scopes: str) -> list[SchoolRow]:
    with either.database.reading() as db:
        return schools_within(db, scopes)


def test_a_school_that_is_entered_is_told(either: House) -> None:
    enter(either, school())

    assert either.said() == [school()]
    assert found(either, "all") == [
        SchoolRow(
            id=GOLMUD,
            code="3632801001",
            name="格尔木市第一中学",
            name_en="Golmud No. 1 Middle School",
            stage="junior",
            region_name="格尔木市",
            region_code="632801",
        )
    ]


def test_the_whole_register_can_be_told_again(either: House) -> None:
    enter(either, *three_schools())

    with either.database.reading() as db:
        assert set(map(str, states(db))) == set(map(str, three_schools()))


def test_a_restored_register_takes_what_was_published(either: House) -> None:
    enter(either, school())

    for event in (school(version=3, name="新名"), school(version=2, name="旧名"), *three_schools()[1:]):
        either.database.run(partial(_adopt, event=event), actor="service:directory")

    assert sorted(row.name for row in found(either, "all")) == [
        "七星关区第一中学",
        "德令哈市第一小学",
        "新名",
    ]
    assert either.said() == [school()]


@pytest.mark.parametrize(
    ("scopes", "schools"),
    [
        ([], []),
        (["all"], [PARTNER, GOLMUD, DELINGHA]),
        (["region:632800"], [GOLMUD, DELINGHA]),
        (["region:632802"], [DELINGHA]),
        ([f"school:{GOLMUD}"], [GOLMUD]),
        (["group:haixi"], []),
    ],
)
def test_each_sees_the_schools_in_their_scopes(either: House, scopes: list[str], schools: list[UUID]) -> None:
    enter(either, *three_schools())

    with counted(either.database) as sent:
        assert [row.id for row in found(either, *scopes)] == schools
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("stage", "taught_by"),
    [
        ("primary", {"primary", "nine_year", "twelve_year"}),
        ("junior", {"junior", "nine_year", "complete_secondary", "twelve_year"}),
        ("senior", {"senior", "complete_secondary", "twelve_year"}),
        ("kindergarten", {"kindergarten"}),
        ("nine_year", {"nine_year"}),
        ("complete_secondary", {"complete_secondary"}),
        ("bogus", set()),
    ],
)
def test_schools_of_several_stages_are_among_those_of_each(
    either: House, stage: str, taught_by: set[str]
) -> None:
    for number, each in enumerate((*TAUGHT, "vocational")):
        enter(either, school(school_id=named("school", each), code=f"36328010{number:02d}", stage=each))

    with either.database.reading() as db:
        assert {row.stage for row in schools_within(db, ["all"], stage=stage)} == taught_by
    answer = either.client("auditor@all").get(f"/directory/api/v1/schools?stage={stage}")
    assert answer.json is not None
    assert {row["stage"] for row in answer.json} == taught_by


def test_the_page_shows_each_what_is_theirs_in_both_languages(either: House) -> None:
    enter(either, *three_schools())

    everybody = either.client("administrator@all").get("/directory/schools").text
    coordinator = either.client("coordinator@region:632800", language="en").get("/directory/schools").text

    assert everybody.count("生成登录链接") == 3
    assert "Golmud No. 1 Middle School" in coordinator
    assert "七星关区第一中学" not in coordinator
    assert "Make a sign-in link" not in coordinator


def test_machines_read_the_same(either: House) -> None:
    enter(either, *three_schools())

    answer = either.client(f"liaison@school:{GOLMUD}").get("/directory/api/v1/schools")

    assert answer.json == [
        {
            "id": str(GOLMUD),
            "code": "3632801001",
            "name": "格尔木市第一中学",
            "name_en": "Golmud No. 1 Middle School",
            "stage": "junior",
            "region_code": "632801",
            "region_name": "格尔木市",
        }
    ]


def test_a_link_for_a_school_is_shown_once(either: House) -> None:
    enter(either, school())
    administrator = either.client("administrator@all")

    page = administrator.post(f"/directory/schools/{GOLMUD}/links").text
    link = page.split('value="')[-1].split('"')[0]

    entered = either.client().post(link.removeprefix(either.runtime.settings.base_url))
    assert entered.status_code == 303
    assert administrator.post(f"/directory/schools/{PARTNER}/links").status_code == 404


def test_the_demonstration_gives_every_school_an_account(either: House) -> None:
    either.database.run(demonstrate, actor="service:directory")

    told = [event for event in either.said() if isinstance(event, SchoolChanged)]
    assert len({event.code for event in told}) == len(told) == len(found(either, "all"))
    assert {GOLMUD, DELINGHA, PARTNER} <= {event.school_id for event in told}
