"""Keeping the roll of each open school year: from what the directory says of a person, and all at once when a year is opened."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from services.exchange.compliance.model import RollEntry, RollYear
from services.exchange.rules.queries import rulebook
from shared.contracts.directory import PersonChanged
from shared.db import Transaction
from shared.roster import roster_people, roster_schools, take_person

#: What the roll has of somebody from the directory.
FACTS = ("sex", "birth", "subject", "post", "title", "backbone", "since", "degree", "stage")

#: The school year of a day begins with September; China is eight hours ahead.
_SEPTEMBER, _AHEAD = 9, timedelta(hours=8)

#: School years that there can be.
YEARS = range(2000, 2100)


def open_years(tx: Transaction) -> None:
    """Keep the rolls of this school year and of the last one, which offices report on after it is over."""
    today = today_of(tx)
    this = today.year if today.month >= _SEPTEMBER else today.year - 1
    known = set(tx.db.scalars(sa.select(RollYear.year).where(RollYear.year >= this - 1)))
    for year in (this - 1, this):
        if year not in known:
            open_year(tx, year=year)


def open_year(tx: Transaction, *, year: int) -> None:
    """Begin the roll of a school year with everybody whom the directory has at a school now."""
    tx.db.add(RollYear(year=year, opened_at=tx.now))
    people, schools = roster_people.c, roster_schools.c
    everybody = (
        sa.select(
            sa.literal(year), people.person_id, people.school_id, *(getattr(people, fact) for fact in FACTS)
        )
        .join(roster_schools, schools.school_id == people.school_id)
        .where(sa.not_(people.left), people.merged_into.is_(None))
    )
    tx.db.execute(sa.insert(RollEntry).from_select(["year", "person_id", "school_id", *FACTS], everybody))


def keep_on_roll(tx: Transaction, event: PersonChanged) -> None:
    """Keep what the directory says of somebody, and follow it on the roll of every open year.

    Corrections are followed until a region closes its year. But who leaves, or goes to another school, after the snapshot day
    was there on that day: such a row stays as it is.
    """
    if not take_person(tx, event):
        return
    years = list(tx.db.scalars(sa.select(RollYear.year)))
    if not years:
        return
    known = {
        row.year: row
        for row in tx.db.scalars(sa.select(RollEntry).where(RollEntry.person_id == event.person_id))
    }
    for year in years:
        row = known.get(year)
        if row is not None and row.region_code is not None:
            continue  # closed
        gone = event.left or event.merged_into is not None or event.school_id is None
        if row is None:
            if not gone:
                tx.db.add(RollEntry(year=year, person_id=event.person_id, **_facts(event)))
        elif event.merged_into is not None or (gone and not _was_there(tx, row)):
            tx.db.delete(row)
        elif not gone and (event.school_id == row.school_id or not _was_there(tx, row, event)):
            for name, value in _facts(event).items():
                setattr(row, name, value)


def today_of(tx: Transaction) -> date:
    """The day that it is in China."""
    return (tx.now + _AHEAD).date()


def _facts(event: PersonChanged) -> dict[str, Any]:
    return {"school_id": event.school_id, **{fact: getattr(event, fact) for fact in FACTS}}


def _was_there(tx: Transaction, row: RollEntry, event: PersonChanged | None = None) -> bool:
    """Whether the row stays: the snapshot day is over, and nothing says that they were elsewhere on it already."""
    region = tx.db.scalar(
        sa.select(roster_schools.c.region_code).where(roster_schools.c.school_id == row.school_id)
    )
    if region is None:
        return False
    snapshot = rulebook(tx.db, [region]).of_year(region, row.year).rules.snapshot_of(row.year)
    if today_of(tx) <= snapshot:
        return False
    # Somebody who is at the new school since before the snapshot day was entered at the old one by mistake, or went with
    # the personnel relation: a placement that counts then says which school sent them.
    return event is None or not event.since or event.since > f"{snapshot:%Y-%m}"
