"""Names of places that had not arrived when a notice was written."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.notifications.inbox.model import LATE
from shared.roster.tables import roster_regions, roster_schools
from shared.text import Sentence


def names_late(db: orm.Session, texts: Iterable[str]) -> Mapping[str, Sentence]:
    """The names by now of all places that the texts leave open, by scope. No query where they leave none, otherwise two."""
    scopes = {scope for text in texts for scope in LATE.findall(text)}
    if not scopes:
        return {}
    several = {scope.partition(":")[::2] for scope in scopes}
    schools, regions = roster_schools.c, roster_regions.c
    wanted = [UUID(value) for kind, value in several if kind == "school"]
    codes = [value for kind, value in several if kind == "region"]
    rows = [
        *db.execute(
            sa.select(schools.school_id, schools.name, schools.name_en).where(schools.school_id.in_(wanted))
        ),
        *db.execute(sa.select(regions.code, regions.name, regions.name_en).where(regions.code.in_(codes))),
    ]
    return {
        f"{'school' if isinstance(id_, UUID) else 'region'}:{id_}": Sentence(zh=name, en=name_en or name)
        for id_, name, name_en in rows
    }
