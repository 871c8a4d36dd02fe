"""The task of a county whose running school year will fall short, as it stands."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.compliance.model import Forecast
from services.exchange.rules.queries import regions_named, rulebook
from shared.contracts.exchange import ExchangeTask
from shared.ids import named
from shared.text import Sentence


def forecast_tasks(db: Session) -> Iterator[ExchangeTask]:
    """Of every county of which something was foretold whether somebody is to see to it."""
    found = list(db.scalars(sa.select(Forecast).order_by(Forecast.year, Forecast.region_code)))
    names = regions_named(db, {each.region_code for each in found})
    for each in found:
        yield task_of(db, each, names)


def task_of(db: Session, forecast: Forecast, names: Mapping[str, Sentence]) -> ExchangeTask:
    """What waits for the county's coordinator, as of its version."""
    code, year = forecast.region_code, forecast.year
    name = names.get(code, Sentence(zh=code, en=code))
    rules = rulebook(db, [code]).of_year(code, year).rules
    _, last = rules.days_of(year)
    zh = [
        f"交流还差 {forecast.teachers} 人" if forecast.teachers else "",
        f"骨干还差 {forecast.backbone} 人" if forecast.backbone else "",
    ]
    en = [
        f"{forecast.teachers} more to be exchanged" if forecast.teachers else "",
        f"{forecast.backbone} more backbone teachers" if forecast.backbone else "",
    ]
    return ExchangeTask(
        task_id=named("exchange.compliance", f"{code}/{year}"),
        version=forecast.version,
        audiences=(f"coordinator@region:{code}",) if forecast.falls_short else (),
        sentence_zh=f"{name.zh} {year}–{year + 1} 学年交流预计不达标：{'，'.join(each for each in zh if each)}",
        sentence_en=f"{name.en} will miss the exchange rule of {year}–{year + 1}: {', '.join(each for each in en if each)}",
        verb_zh="去看看",
        verb_en="Look at it",
        link=f"/exchange/compliance/{code}?year={year}",
        opened_at=forecast.said_at,
        due=datetime.combine(last, time(16), tzinfo=UTC),
        closed_at=None if forecast.falls_short else forecast.said_at,
    )
