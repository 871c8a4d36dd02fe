"""A workbook understood with what the register has and with what its office said before."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.imports.model import ColumnAnswer
from services.directory.organisations.model import Organisation
from services.directory.regions.model import Region
from services.directory.rosters.model import Register, Roster
from services.directory.rosters.policies import read_roster
from services.directory.schools.model import School
from shared.auth import covers


def roster_in(db: Session, data: bytes, *, filename: str, office: str, scopes: Iterable[str]) -> Roster:
    """What the workbook says. office: the region of whose office it is, empty where only the workbook tells.

    Raises Invalid where it is no workbook that can be read, or holds no table of a roster.
    """
    known, answers = _register(db, scopes), _answers(db, office)
    roster = read_roster(data, filename=filename, answers=answers, register=known)
    if not office and (answers := _answers(db, roster.prefecture or "")):
        return read_roster(data, filename=filename, answers=answers, register=known)
    return roster


def _register(db: Session, scopes: Iterable[str]) -> Register:
    """What a workbook may refer to without bringing it: what lies in the scopes."""
    held = frozenset(scopes)
    regions = db.scalars(sa.select(Region).where(sa.not_(Region.abolished)))
    schools = db.scalars(sa.select(School).where(School.retired_at.is_(None)))
    units = db.scalars(sa.select(Organisation).where(Organisation.retired_at.is_(None)))
    return Register(
        regions={one.code: one.name for one in regions if _inside(held, one.code)},
        schools={one.code: one.name for one in schools if _inside(held, one.region_code)},
        organisations=frozenset(
            (one.region_code, one.name) for one in units if _inside(held, one.region_code)
        ),
    )


def _answers(db: Session, region_code: str) -> dict[str, str | None]:
    """What an office said its columns mean."""
    found = db.scalars(sa.select(ColumnAnswer).where(ColumnAnswer.region_code == region_code))
    return {answer.key: answer.field for answer in found}


def _inside(scopes: frozenset[str], region: str) -> bool:
    return any(covers(scope, region=region) for scope in scopes)
