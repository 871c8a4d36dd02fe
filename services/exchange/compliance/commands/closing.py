"""Closing a county's school year: what was found is written beside each person and changes no more."""

import dataclasses
from collections.abc import Collection

import sqlalchemy as sa

from services.exchange.balance.queries import balance_of
from services.exchange.compliance.commands.rolling import YEARS, today_of
from services.exchange.compliance.model import Closing, RollEntry, RollYear
from services.exchange.compliance.policies import Figures
from services.exchange.compliance.queries.counting import asked_of, schools_of
from services.exchange.compliance.queries.places import no_such_year
from services.exchange.rules.queries import rulebook
from shared.auth import covers
from shared.db import Transaction
from shared.errors import Refusal
from shared.text import Sentence


def close_year(tx: Transaction, *, year: int, region: str, scopes: Collection[str]) -> Closing:
    """Fix a county's numbers and the people behind them. Raises NotFound, Refusal while the year runs or where it is closed."""
    if year not in YEARS or not any(covers(scope, region=region) for scope in scopes):
        raise no_such_year()
    # Locked, so that nobody closes it twice.
    if tx.db.scalar(sa.select(RollYear).where(RollYear.year == year).with_for_update()) is None:
        raise no_such_year()
    if known := tx.db.get(Closing, (year, region)):
        raise Refusal(
            Sentence(
                zh=f"{year}–{year + 1} 学年已在 {known.at:%Y-%m-%d} 封存。",
                en=f"The school year {year}–{year + 1} was closed on {known.at:%Y-%m-%d}.",
            )
        )
    held = rulebook(tx.db, [region]).of_year(region, year)
    _, last = held.rules.days_of(year)
    if today_of(tx) <= last:
        raise Refusal(
            Sentence(
                zh=f"{year}–{year + 1} 学年到 {last:%Y-%m-%d} 结束，之后才能封存。",
                en=f"The school year {year}–{year + 1} ends on {last:%Y-%m-%d}; it can be closed after that.",
            )
        )
    figures = Figures.sum(each.figures for each in schools_of(tx.db, year, region))
    balance = [dataclasses.asdict(each) for each in balance_of(tx.db, year, region)]
    found = asked_of({region: held}, year, ()).c
    tx.db.execute(
        sa.update(RollEntry)
        .where(RollEntry.year == year, RollEntry.person_id == found.person_id)
        .values(
            region_code=found.region_code,
            sender_id=found.school_id,
            why=found.why,
            exchanged=found.exchanged,
            senior=found.senior == 1,
            principal=found.principal == 1,
            due=found.due == 1,
            placement_id=found.placement_id,
        )
        .execution_options(synchronize_session=False)
    )
    closing = Closing(
        year=year,
        region_code=region,
        figures=dataclasses.asdict(figures),
        balance=balance,
        rules=held.rules.written(),
        held={
            "region_code": held.region_code,
            "number": held.number,
            "valid_from": held.valid_from.isoformat() if held.valid_from else None,
        },
        by=tx.actor,
        at=tx.now,
    )
    tx.db.add(closing)
    tx.record(what="exchange.year.closed", subject_kind="region", subject=f"{region}/{year}")
    return closing
