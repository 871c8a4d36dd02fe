"""What may be done with schools."""

import sqlalchemy as sa

from services.directory.people.model import Person
from services.directory.schools.model import School, SchoolYear
from shared.db import Transaction
from shared.errors import Refusal
from shared.text import Sentence


def enter_school(tx: Transaction, school: School) -> School:
    """Take a school into the register and tell everybody."""
    tx.db.add(school)
    tx.emit(school.state())
    return school


def close_school_year(tx: Transaction, *, year: int) -> int:
    """Write down the figures of every school for the school year that began in `year`; answers how many.

    The rosters of the next year change what is now, never what was written down here. Raises Refusal where the year is
    closed already.
    """
    if tx.db.scalar(sa.select(sa.exists().where(SchoolYear.year == year))):
        raise Refusal(
            Sentence(
                zh=f"{year}—{year + 1} 学年已经结转，数据不再改变。",
                en=f"The school year {year}–{year + 1} is closed already; its figures stay as they are.",
            )
        )
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
    return tx.db.scalar(sa.select(sa.func.count()).where(SchoolYear.year == year)) or 0
