"""Fixtures: resources in a house of a test's own, on each of the databases that we promise."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from services.resources.app import service
from services.resources.facilities.commands.keeping import keep_facility
from services.resources.facilities.model.facility import Terms
from services.scheduling.app import service as scheduling_service
from shared.ids import named
from tests.builders import DELINGHA, House, house, three_schools
from tests.databases import postgres_database
from tests.services.resources.saga import Two, both

ROOM, OTHER = named("facility", "studio"), named("facility", "other")


def lend(
    made: House,
    id_: UUID = ROOM,
    *,
    name: str = "录播室",
    approval: str = "automatic",
    lead: int = 0,
    no_show: int = 0,
) -> None:
    """A studio of a school in Delingha, open from Monday to Friday."""
    terms = Terms(
        name=name,
        capacity=40,
        hours={str(day): "08:00-18:00" for day in range(5)},
        closed_days=("2025-06-12",),
        approval=approval,
        lead_hours=lead,
        no_show_minutes=no_show,
        audiences=("all",),
    )
    made.database.run(
        lambda tx: keep_facility(tx, id_=id_, school_id=DELINGHA, region_code="632802", terms=terms),
        actor="account:he",
    )


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """On each of the databases that we promise."""
    if request.param == "sqlite":
        with house(service, tmp_path) as made:
            made.hear(*three_schools())
            yield made
        return
    with (
        postgres_database(request.getfixturevalue("postgres_server"), of=service.package) as url,
        house(service, tmp_path, database=url) as made,
    ):
        made.hear(*three_schools())
        yield made


@pytest.fixture
def lender(tmp_path: Path) -> Iterator[House]:
    """On SQLite, with one room that its owner agrees to lend and one that is lent by itself."""
    with house(service, tmp_path) as made:
        made.hear(*three_schools())
        lend(made, approval="owner", lead=2)
        lend(made, OTHER, name="演播厅")
        yield made


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    """Both services; the room is lent by itself."""
    with (
        house(scheduling_service, tmp_path) as scheduling,
        house(service, tmp_path) as resources,
    ):
        yield both(scheduling, resources, approval="automatic")
