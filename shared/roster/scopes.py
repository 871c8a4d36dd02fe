"""What lies in a scope: `all`, `region:CODE` and all below it, `group:ID`, `school:ID`."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shared.auth.grants import significant
from shared.roster.tables import roster_group_schools, roster_groups, roster_regions, roster_schools
from shared.text import Sentence

EVERYWHERE = Sentence(zh="全部区域", en="All regions")


def lies_in(scope: str) -> sa.ColumnElement[bool]:
    """Whether a row of `roster_schools` lies in the scope; a kind of scope that nobody knows here holds nothing."""
    kind, _, value = scope.partition(":")
    if scope == "all":
        return sa.true()
    if kind in {"school", "group"} and (id_ := _id(value)) is not None:
        belongs = roster_group_schools.c
        if kind == "school":
            return roster_schools.c.school_id == id_
        return roster_schools.c.school_id.in_(sa.select(belongs.school_id).where(belongs.group_id == id_))
    if kind == "region":
        return roster_schools.c.region_code.startswith(significant(value), autoescape=True)
    return sa.false()


def name_of(db: Session, scope: str) -> Sentence:
    """What people call the scope; the bare code where the copy does not know it yet."""
    kind, _, value = scope.partition(":")
    if scope == "all":
        return EVERYWHERE
    if kind == "region":
        row = db.execute(
            sa.select(roster_regions.c.name, roster_regions.c.name_en).where(roster_regions.c.code == value)
        ).first()
    elif kind == "school":
        row = db.execute(
            sa.select(roster_schools.c.name, roster_schools.c.name_en).where(
                roster_schools.c.school_id == _id(value)
            )
        ).first()
    elif kind == "group":
        name = db.scalar(sa.select(roster_groups.c.name).where(roster_groups.c.group_id == _id(value)))
        return Sentence(zh=name, en=name) if name else Sentence(zh="教育集团", en="an education group")
    else:
        row = None
    return Sentence(zh=row[0], en=row[1] or row[0]) if row else Sentence(zh=value, en=value)


def _id(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:  # a scope comes out of a token, which may name what is newer than this code
        return None
