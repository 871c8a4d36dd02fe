"""Saying in time that a school year will fall short: a task for the county's coordinator, closed once enough are agreed to."""

from datetime import date

import sqlalchemy as sa

from services.exchange.compliance.commands.rolling import open_years, today_of
from services.exchange.compliance.model import Forecast, RollYear
from services.exchange.compliance.queries.counting import County, counties, held_in, standings
from services.exchange.compliance.queries.foretold import task_of
from services.exchange.rules.model import RegionRules
from services.exchange.rules.queries import rulebook
from shared.db import Transaction


def foretell(tx: Transaction) -> None:
    """Look at every county's running school years; whatever has changed since it was last said is said anew."""
    open_years(tx)
    tx.db.flush()  # the years that were just opened are asked for below
    today, everywhere, book = today_of(tx), counties(tx.db, ["all"]), rulebook(tx.db)
    for year in tx.db.scalars(sa.select(RollYear.year).order_by(RollYear.year)).all():
        known = {
            each.region_code: each
            for each in tx.db.scalars(sa.select(Forecast).where(Forecast.year == year).with_for_update())
        }
        held = held_in(book, year, [each.code for each in everywhere], {})
        running = [each for each in everywhere if _runs(held[each.code].rules, year, today)]
        for county in everywhere:
            if county not in running:  # nobody can see to it any more
                _say(tx, year, county, known.get(county.code), lacks=None)
        for standing in standings(tx.db, year, running):
            short = standing.verdict.foretold == "missed"
            lacks = standing.lacks if short else None
            _say(tx, year, standing.county, known.get(standing.county.code), lacks=lacks)


def _runs(rules: RegionRules, year: int, today: date) -> bool:
    """Whether the school year has been counted and is not over."""
    return rules.snapshot_of(year) <= today <= rules.days_of(year)[1]


def _say(
    tx: Transaction, year: int, county: County, known: Forecast | None, *, lacks: tuple[int, int] | None
) -> None:
    """Say what is lacking (None: nothing), unless it was said before."""
    short, lacks = lacks is not None, lacks or (0, 0)
    said = (known.falls_short, known.teachers, known.backbone) if known else (False, 0, 0)
    if said == (short, *lacks):
        return
    if known is None:
        known = Forecast(year=year, region_code=county.code, version=0)
        tx.db.add(known)
    known.version += 1
    known.falls_short, known.said_at = short, tx.now
    known.teachers, known.backbone = lacks
    tx.emit(task_of(tx.db, known, {county.code: county.name}))
