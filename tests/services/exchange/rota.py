"""A county whose roster, rules and placements a test makes up."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.exchange.compliance.commands import open_year
from services.exchange.compliance.queries.counting import Standing, counties, standings
from services.exchange.placements.model import Placement
from services.exchange.rules.commands import decide_rules
from services.exchange.rules.model import RegionRules
from shared.contracts.directory import PersonChanged, SchoolChanged
from shared.ids import named, uuid7
from tests.builders import House

COUNTY = "632803"


def a_school(
    code: str, *, region: str = COUNTY, stage: str = "junior", setting: str = "urban", **more: Any
) -> SchoolChanged:
    return SchoolChanged(
        school_id=named("school", code),
        version=more.pop("version", 1),
        code=code,
        name=f"学校{code}",
        stage=stage,
        region_code=region,
        region_name=f"县{region}",
        setting=setting,
        **more,
    )


def a_teacher(key: str, code: str, *, version: int = 1, **facts: Any) -> PersonChanged:
    """Somebody who is eligible by the defaults, but for `facts`."""
    usual = {"sex": "女", "birth": "1990-05", "since": "2010-08", "post": "教师", "stage": "junior"}
    return PersonChanged(
        person_id=named("person", key),
        version=version,
        name=key,
        school_id=named("school", code),
        **{**usual, **facts},
    )


def placed(
    house: House,
    key: str,
    *,
    from_: str,
    to: str = "host",
    kind: str = "rotation",
    state: str = "active",
    starts: date = date(2025, 8, 20),
    ends: date = date(2026, 7, 31),
    left: date | None = None,
) -> UUID:
    """A placement as it stands; how it came to be is no matter here."""
    id_ = uuid7()
    with house.database.begin() as db:
        db.add(
            Placement(
                id=id_,
                version=1,
                person_id=named("person", key),
                origin_school_id=named("school", from_),
                host_school_id=named("school", to),
                origin_region=COUNTY,
                host_region="632802",
                kind=kind,
                state=state,
                starts_on=starts,
                ends_on=ends,
                left_on=left,
                taking=state not in {"refused", "withdrawn"},
                relation_moves=False,
                remark="",
                reason="",
                notes=[],
                source="typed",
                created_by="account:a",
                created_at=house.clock(),
                changed_at=house.clock(),
            )
        )
    return id_


def opened(house: House, year: int = 2025) -> None:
    house.database.run(lambda tx: open_year(tx, year=year), actor="service:exchange")


def decided(
    house: House,
    rules: RegionRules | None = None,
    *,
    region: str = COUNTY,
    since: date = date(2025, 9, 1),
    **said: Any,
) -> int:
    return house.database.run(
        lambda tx: decide_rules(
            tx,
            region=region,
            rules=rules or RegionRules(**said),
            valid_from=since,
            why="州教育局文件",
            scopes=["all"],
        ),
        actor="account:a",
    )


def stand(house: House, year: int = 2025) -> Mapping[str, Standing]:
    """How each county stands."""
    with house.database.reading() as db:
        return {each.county.code: each for each in standings(db, year, counties(db, ["all"]))}
