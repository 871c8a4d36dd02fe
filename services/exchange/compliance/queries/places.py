"""Which counties and which school year somebody may ask for."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from services.exchange.compliance.queries.counting import County, counties, years
from shared.auth import covers
from shared.errors import Invalid, NotFound
from shared.text import Sentence

_SEPTEMBER = 9


def counties_of(db: Session, region: str, scopes: Collection[str]) -> list[County]:
    """The counties of a region that lies within these scopes. One query. Raises NotFound."""
    if not any(covers(scope, region=region) for scope in scopes):
        raise no_such_year()
    found = counties(db, [f"region:{region}"])
    if not found:
        raise no_such_year()
    return found


def school_year(db: Session, said: str, today: date) -> int:
    """The school year that an address names; without one the present. Raises Invalid for what is none, NotFound without a roll."""
    if not said:
        return today.year if today.month >= _SEPTEMBER else today.year - 1
    if not (said.isascii() and said.isdigit() and len(said) == len("2025")):
        raise Invalid(Sentence(zh="请选择学年。", en="Choose a school year."), field="year")
    if int(said) not in years(db):
        raise no_such_year()
    return int(said)


def no_such_year() -> NotFound:
    """What is said of a county or a year that is not there, or not the reader's."""
    return NotFound(
        Sentence(
            zh="没有这个县市或学年的数据，或不属于你的区域。",
            en="There is no such county or school year, or it is not your region's.",
        )
    )
