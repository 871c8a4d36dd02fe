"""For whom somebody stands in agreements, and which of them they are to know of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.agreements.model import Agreement
from services.exchange.agreements.policies import parties_of
from services.exchange.placements.queries.reaching import Asker
from shared.auth import covers
from shared.roster import roster_people, roster_schools
from shared.roster.tables import roster_group_schools, roster_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who reads agreements. stands: the scopes for which they act. read: those that they look after or audit besides.

    places: the regions and groups of the schools where they are at home.
    """

    stands: frozenset[str]
    read: frozenset[str]
    places: frozenset[str]


def reader_of(db: Session, asker: Asker) -> Reader:
    """Who asks, as agreements see them. Three queries, none for who has no school."""
    return Reader(stands=stands_of(db, asker), read=asker.read, places=_places_of(db, asker))


def stands_of(db: Session, asker: Asker) -> frozenset[str]:
    """For whom somebody acts: the regions that they look after, their schools, and the groups that these lead. One query."""
    schools = {f"school:{id_}" for id_ in asker.schools}
    if not asker.schools:
        return asker.scopes
    groups = roster_groups.c
    led = db.scalars(
        sa.select(groups.group_id).where(
            groups.lead_school_id.in_(list(asker.schools)), sa.not_(groups.retired)
        )
    )
    return asker.scopes | schools | {f"group:{id_}" for id_ in led}


def mine_of(agreement: Agreement, stands: Collection[str]) -> tuple[str, ...]:
    """For which parties somebody acts."""
    return parties_of(agreement.parties, scopes=stands)


def concerns(agreement: Agreement, reader: Reader, regions: Mapping[str, str]) -> bool:
    """Whether somebody may look at it: a party, or who audits one.

    Once it is in force also whoever is at home at a party, and who looks after the region of one. regions: by `regions_of`.
    """
    if parties_of(agreement.parties, scopes=reader.stands | reader.read):
        return True
    return agreement.in_force is not None and any(
        any(place == party or _within(place, party) for place in reader.places)
        or any(covers(scope, region=regions.get(party)) for scope in reader.read)
        for party in agreement.parties
    )


def regions_of(db: Session, agreements: Sequence[Agreement]) -> dict[str, str]:
    """Where the schools and the lead schools of groups lie that are parties. At most two queries."""
    schools = {party: id_of(party) for each in agreements for party in each.parties if _is(party, "school")}
    leads = {party: id_of(party) for each in agreements for party in each.parties if _is(party, "group")}
    if leads:
        groups = roster_groups.c
        rows = db.execute(
            sa.select(groups.group_id, groups.lead_school_id).where(groups.group_id.in_(leads.values()))
        )
        lead = {row.group_id: row.lead_school_id for row in rows}
        schools |= {party: lead[id_] for party, id_ in leads.items() if id_ in lead}
    if not schools:
        return {}
    table = roster_schools.c
    found = db.execute(
        sa.select(table.school_id, table.region_code).where(table.school_id.in_(set(schools.values())))
    )
    codes = {row.school_id: row.region_code for row in found}
    return {party: codes[id_] for party, id_ in schools.items() if id_ in codes}


def id_of(party: str) -> UUID:
    """The id in a scope that has one."""
    return UUID(party.partition(":")[2])


def _is(party: str, kind: str) -> bool:
    return party.startswith(f"{kind}:")


def _within(place: str, party: str) -> bool:
    return _is(party, "region") and covers(party, region=place.removeprefix("region:"))


def _places_of(db: Session, asker: Asker) -> frozenset[str]:
    """The regions and groups of the schools where somebody is at home, as scopes. Two queries, none for who has no school."""
    people, schools, belongs = roster_people.c, roster_schools.c, roster_group_schools.c
    own = sa.select(people.school_id).where(people.person_id == asker.person_id)
    if not asker.schools and asker.person_id is None:
        return frozenset()
    regions = db.scalars(
        sa.select(schools.region_code).where(
            sa.or_(schools.school_id.in_(list(asker.schools)), schools.school_id.in_(own))
        )
    )
    groups = db.scalars(
        sa.select(belongs.group_id).where(
            sa.or_(belongs.school_id.in_(list(asker.schools)), belongs.school_id.in_(own))
        )
    )
    return frozenset({*(f"region:{code}" for code in regions), *(f"group:{id_}" for id_ in groups)})
