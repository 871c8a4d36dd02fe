"""Closing a school year."""

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa

from services.directory.people.model import Person
from services.directory.schools.model import School
from services.directory.years.model import SchoolYear
from services.directory.years.policies import why_not_close
from services.directory.years.queries import is_closed
from shared.db import Transaction
from shared.errors import Forbidden, Refusal
from shared.text import Sentence


def close_school_year(tx: Transaction, *, year: int, today: date, scopes: Iterable[str]) -> int:
    """Write down the figures of every school for the school year that began in `year`; answers how many.

    The rosters of the next year change what is now, never what was written down here. Raises Refusal where the year is
    closed already or has not begun, Forbidden for who does not look after all schools.
    """
    if "all" not in scopes:
        raise Forbidden(
            Sentence(
                zh="只有平台管理员可以结转学年。", en="Only administrators of all regions close school years."
            )
        )
    if reason := why_not_close(year, today=today, closed=is_closed(tx.db, year)):
        raise Refusal(reason)
    people = (
        sa.select(sa.func.count())
        .where(Person.school_id == School.id, Person.left_at.is_(None))
        .correlate(School)
        .scalar_subquery()
    )
    columns = ("school_id", "year", "stage", "setting", "pupils", "pupils_primary", "pupils_junior", "people")
    figures = sa.select(
        School.id,
        sa.literal(year),
        School.stage,
        School.setting,
        School.pupils,
        School.pupils_primary,
        School.pupils_junior,
        people,
    ).where(School.retired_at.is_(None))
    tx.db.execute(sa.insert(SchoolYear).from_select(columns, figures))
    tx.record(what="school_year.closed", subject_kind="school_year", subject=year)
    return tx.db.scalar(sa.select(sa.func.count()).where(SchoolYear.year == year)) or 0
