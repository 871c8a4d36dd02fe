"""Saying in time that a school year will fall short: a task for the county's coordinator, closed once enough are agreed to."""

import sqlalchemy as sa

from services.exchange.compliance.commands.rolling import open_years, today_of
from services.exchange.compliance.model import Forecast, RollYear
from services.exchange.compliance.queries.counting import Standing, counties, standings
from services.exchange.compliance.queries.foretold import task_of
from shared.db import Transaction


def foretell(tx: Transaction) -> None:
    """Look at every county's running school years; whatever has changed since it was last said is said anew."""
    open_years(tx)
    tx.db.flush()  # the years that were just opened are asked for below
    today, everywhere = today_of(tx), counties(tx.db, ["all"])
    for year in tx.db.scalars(sa.select(RollYear.year).order_by(RollYear.year)).all():
        if today.year - year > 2:  # noqa: PLR2004  no rules let a school year last so long
            continue
        known = {
            each.region_code: each
            for each in tx.db.scalars(sa.select(Forecast).where(Forecast.year == year).with_for_update())
        }
        for standing in standings(tx.db, year, everywhere):
            first, last = standing.held.rules.days_of(year)
            running = first <= today <= last and standing.held.rules.snapshot_of(year) <= today
            short = running and standing.verdict.foretold == "missed"
            _say(tx, year, standing, known.get(standing.county.code), short=short)


def _say(tx: Transaction, year: int, standing: Standing, known: Forecast | None, *, short: bool) -> None:
    lacks = standing.lacks if short else (0, 0)
    said = (known.falls_short, known.teachers, known.backbone) if known else (False, 0, 0)
    if said == (short, *lacks):
        return
    if known is None:
        known = Forecast(year=year, region_code=standing.county.code, version=0)
        tx.db.add(known)
    known.version += 1
    known.falls_short, known.said_at = short, tx.now
    known.teachers, known.backbone = lacks
    tx.emit(task_of(tx.db, known, {standing.county.code: standing.county.name}))
