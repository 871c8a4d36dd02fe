"""An exchange service of a test's own: schools and teachers of two prefectures, and who asks."""

from datetime import date
from typing import Any
from uuid import UUID

from services.exchange.placements.commands import propose_placement, take_step
from services.exchange.placements.model import Placement, Plan, Verb
from services.exchange.placements.policies import Asker
from shared.auth import Grant
from shared.contracts.directory import PersonChanged, RegionChanged
from shared.ids import named, uuid7
from tests.builders import GOLMUD, PARTNER, House, three_schools

HAIXI, QIXINGGUAN = "632800", "520502"

#: A backbone teacher of seven years, one of two years, and somebody of the partner's.
WANG, LIU, PENG = (named("person", name) for name in ("王亮", "刘杨", "彭建国"))

HOME, HOST = f"liaison@school:{GOLMUD}", f"liaison@school:{PARTNER}"
OURS, THEIRS = f"coordinator@region:{HAIXI}", f"coordinator@region:{QIXINGGUAN}"


def person(
    name: str,
    *,
    at: UUID = GOLMUD,
    last4: str = "6040",
    since: str = "2016-08",
    backbone: str = "county",
    birth: str = "1988-03",
    **more: Any,
) -> PersonChanged:
    return PersonChanged(
        person_id=named("person", name),
        version=1,
        name=name,
        school_id=at,
        id_last4=last4,
        sex="male",
        since=since,
        birth=birth,
        backbone=backbone,
        subject="数学",
        stage="junior",
        **more,
    )


REGIONS = (
    RegionChanged(code=HAIXI, version=1, name="海西蒙古族藏族自治州", level="prefecture", name_en="Haixi"),
    RegionChanged(code="632801", version=1, name="格尔木市", level="county", parent_code=HAIXI),
    RegionChanged(code="632802", version=1, name="德令哈市", level="county", parent_code=HAIXI),
    RegionChanged(code=QIXINGGUAN, version=1, name="七星关区", level="county", parent_code="520500"),
)
PEOPLE = (
    person("王亮"),
    person("刘杨", since="2023-08", backbone="none", last4="4933"),
    person("彭建国", at=PARTNER, last4="1112"),
)


def furnished(house_: House) -> House:
    """With regions, schools and people."""
    house_.hear(*REGIONS, *three_schools(), *PEOPLE)
    return house_


def asker(*grants: str, person_id: UUID | None = None) -> Asker:
    return Asker.of([Grant.parse(text) for text in grants], person_id=person_id)


def plan(**said: Any) -> Plan:
    usual = {
        "person_id": WANG,
        "origin_school_id": GOLMUD,
        "host_school_id": PARTNER,
        "kind": "support_teaching",
        "starts_on": date(2025, 9, 1),
        "ends_on": date(2026, 7, 15),
    }
    return Plan(**{**usual, **said})


def proposed(house_: House, planned: Plan | None = None, *, by: str = HOME) -> UUID:
    """A placement that is in the database."""
    id_ = uuid7()
    house_.database.run(
        lambda tx: propose_placement(tx, id_=id_, plan=planned or plan(), asker=asker(by)).id,
        actor="account:a",
    )
    return id_


def step(house_: House, id_: UUID, verb: Verb, *grants: str, **said: Any) -> str:
    """Take a step and answer the state that it led to."""
    return house_.database.run(
        lambda tx: take_step(tx, placement_id=id_, verb=verb, asker=asker(*grants), **said).state,
        actor="account:a",
    )


def now(house_: House, id_: UUID) -> Placement:
    with house_.database.reading() as db:
        found = db.get(Placement, id_)
    assert found is not None
    return found


def lead_to_active(house_: House, id_: UUID) -> None:
    """Through the usual steps, each by who does it."""
    step(house_, id_, "accept", HOST)
    step(house_, id_, "agree", OURS)
    step(house_, id_, "agree", THEIRS)
    step(house_, id_, "start", HOST)
