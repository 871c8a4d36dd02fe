"""The reactions that keep the copy: the newest state of each, whatever order they come in and however often."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from shared.contracts.directory import (
    GroupChanged,
    OrganisationChanged,
    PersonChanged,
    RegionChanged,
    SchoolChanged,
)
from shared.db import Transaction
from shared.events.contract import Event
from shared.roster.tables import (
    roster_group_schools,
    roster_groups,
    roster_organisations,
    roster_people,
    roster_regions,
    roster_schools,
)
from shared.service import Reaction


def keep_region(tx: Transaction, event: RegionChanged) -> None:
    """Keep a region's newest state; older ones, which may come again, are ignored."""
    _keep(tx, roster_regions, msgspec.structs.asdict(event), key="code")


def keep_school(tx: Transaction, event: SchoolChanged) -> None:
    """Keep a school's newest state."""
    _keep(tx, roster_schools, msgspec.structs.asdict(event), key="school_id")


def keep_organisation(tx: Transaction, event: OrganisationChanged) -> None:
    """Keep an organisation's newest state."""
    _keep(tx, roster_organisations, msgspec.structs.asdict(event), key="organisation_id")


def keep_group(tx: Transaction, event: GroupChanged) -> None:
    """Keep a group's newest state and which schools belong to it."""
    state = msgspec.structs.asdict(event)
    members = dict.fromkeys((event.lead_school_id, *state.pop("member_ids")))
    if not _keep(tx, roster_groups, state, key="group_id"):
        return
    belongs = roster_group_schools
    tx.db.execute(sa.delete(belongs).where(belongs.c.group_id == event.group_id))
    tx.db.execute(
        sa.insert(belongs), [{"group_id": event.group_id, "school_id": school} for school in members]
    )


def keep_person(tx: Transaction, event: PersonChanged) -> None:
    """Keep a person's newest state."""
    take_person(tx, event)


def take_person(tx: Transaction, event: PersonChanged) -> bool:
    """Keep a person's newest state; answers whether it was newer than what the copy had, for who keeps more of it."""
    return _keep(tx, roster_people, msgspec.structs.asdict(event), key="person_id")


#: Where schools lie and what belongs together: what every service that knows scopes reacts to.
PLACES: Mapping[type[Event], Reaction] = {
    RegionChanged: keep_region,
    SchoolChanged: keep_school,
    OrganisationChanged: keep_organisation,
    GroupChanged: keep_group,
}

#: The whole copy, for services that work with people.
ROSTER: Mapping[type[Event], Reaction] = {**PLACES, PersonChanged: keep_person}


def _keep(tx: Transaction, table: Table, state: dict[str, Any], *, key: str) -> bool:
    """Write the state unless the copy has it or a newer one; answers whether it was written."""
    statement = _newest(table, key, tx.db.get_bind().dialect.name)
    return tx.db.connection().execute(statement, state).first() is not None


@cache
def _newest(table: Table, key: str, dialect: str) -> sa.Executable:
    """The statement that keeps the newest state. Made once: a new service keeps a hundred thousand people with it."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    names = [column.name for column in table.columns]
    fresh = insert(table).values({name: sa.bindparam(name) for name in names})
    return fresh.on_conflict_do_update(
        index_elements=[key],
        set_={name: fresh.excluded[name] for name in names if name != key},
        where=table.c.version < fresh.excluded.version,
    ).returning(table.c[key])
