"""Schools of the copy, answered in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.roster.scopes import lies_in
from shared.roster.tables import roster_schools


@dataclass(frozen=True, slots=True)
class School:
    """A school as this service knows it."""

    id: UUID
    code: str
    name: str
    name_en: str
    region_code: str
    region_name: str


def schools_in(db: Session, scopes: Iterable[str]) -> list[School]:
    """The schools that teach and lie in any of the scopes, by region and code."""
    table = roster_schools
    rows = db.execute(
        sa.select(
            table.c.school_id,
            table.c.code,
            table.c.name,
            table.c.name_en,
            table.c.region_code,
            table.c.region_name,
        )
        .where(sa.not_(table.c.retired), sa.or_(sa.false(), *(lies_in(scope) for scope in scopes)))
        .order_by(table.c.region_code, table.c.code)
    )
    return [School(*row) for row in rows]
