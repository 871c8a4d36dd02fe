"""The rest of the copy: regions, groups and people, on both databases; whole for a service that starts years later."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.exchange.app import service
from shared.contracts.directory import GroupChanged, PersonChanged, RegionChanged
from shared.db import Transaction
from shared.events.contract import Event
from shared.roster import ROSTER, lies_in, name_of, roster_people, roster_schools, schools_in
from shared.text import Sentence
from tests.builders import DELINGHA, GOLMUD, PARTNER, House, house, three_schools
from tests.databases import postgres_database

GROUP = UUID("019abf3e-6a00-7c55-9d0a-00000000c001")
TEACHER = UUID("019abf3e-6a00-7c55-9d0a-00000000d001")


@pytest.fixture(params=["sqlite", "postgres"])
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with ExitStack() as stack:
        url = ""
        if request.param == "postgres":
            url = stack.enter_context(
                postgres_database(request.getfixturevalue("postgres_server"), of=service.package)
            )
        yield stack.enter_context(house(service, tmp_path, database=url))


def keep(copy: House, *events: Event) -> None:
    def work(tx: Transaction) -> None:
        for event in events:
            ROSTER[type(event)](tx, event)

    copy.database.run(work, actor="service:test")


def group(*members: UUID, version: int = 1) -> GroupChanged:
    return GroupChanged(
        group_id=GROUP, version=version, name="实验教育集团", lead_school_id=GOLMUD, member_ids=members
    )


def in_group(copy: House) -> set[UUID]:
    with copy.database.reading() as db:
        return {school.id for school in schools_in(db, [f"group:{GROUP}"])}


def test_a_group_holds_its_lead_school_and_its_members_of_today(copy: House) -> None:
    keep(copy, *three_schools(), group(DELINGHA, DELINGHA))
    assert in_group(copy) == {GOLMUD, DELINGHA}

    keep(copy, group(PARTNER, version=3), group(DELINGHA, version=2))
    assert in_group(copy) == {GOLMUD, PARTNER}


def test_a_person_is_kept_as_the_newest_state_says(copy: House) -> None:
    teacher = PersonChanged(person_id=TEACHER, version=1, name="陈文静", school_id=GOLMUD)
    keep(copy, teacher, PersonChanged(person_id=TEACHER, version=3, name="陈文静", left=True), teacher)

    with copy.database.reading() as db:
        row = db.execute(sa.select(roster_people)).one()
    assert (row.version, row.name, row.school_id, row.left) == (3, "陈文静", None, True)


def test_a_scope_has_the_name_that_people_know(copy: House) -> None:
    keep(
        copy,
        RegionChanged(version=1, code="632800", name="海西州", name_en="Haixi", level="prefecture"),
        *three_schools(),
        group(),
    )

    with copy.database.reading() as db:
        names = [
            name_of(db, scope)
            for scope in ("all", "region:632800", f"school:{DELINGHA}", f"group:{GROUP}", "region:520000")
        ]
    assert names == [
        Sentence(zh="全部区域", en="All regions"),
        Sentence(zh="海西州", en="Haixi"),
        Sentence(zh="德令哈市第一小学", en="德令哈市第一小学"),
        Sentence(zh="实验教育集团", en="实验教育集团"),
        Sentence(zh="520000", en="520000"),
    ]


def test_a_scope_that_is_damaged_holds_nothing(copy: House) -> None:
    keep(copy, *three_schools())

    with copy.database.reading() as db:
        for scope in ("group:haixi", "school:1", "planet:earth", ""):
            assert (
                db.scalar(sa.select(sa.func.count()).where(lies_in(scope)).select_from(roster_schools)) == 0
            )
