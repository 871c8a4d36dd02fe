"""Compliance as JSON."""

from typing import Any

from flask import request
from flask_smorest import Blueprint

from services.exchange.balance.queries import balances, compared
from services.exchange.compliance.commands import close_year, reopen_year
from services.exchange.compliance.model import Closing, Reopening
from services.exchange.compliance.policies import MAY
from services.exchange.compliance.queries.counting import Standing, standings
from services.exchange.compliance.queries.people import WHAT, People, people
from services.exchange.compliance.queries.places import counties_of, no_such_year, school_year
from services.exchange.compliance.schemas import (
    BalanceSchema,
    ClosedSchema,
    ClosingSchema,
    PeopleSchema,
    ReopeningInSchema,
    ReopeningSchema,
    StandingsSchema,
)
from shared.errors import Invalid
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.rendering import ZONE

blueprint = Blueprint(
    "compliance_api", __name__, url_prefix="/exchange/api/v1/compliance", description="Compliance"
)

#: Rows of one answer; the furthest that one can turn.
_MOST, _FURTHEST = 200, 10**9


@blueprint.get("/<region>")
@MAY["see"]
@blueprint.response(200, StandingsSchema)
def index(region: str) -> dict[str, Any]:
    """How each county of a region stands in a school year; `?year=` is the one in which it begins."""
    year, found = _standings(region)
    return {"year": year, "counties": found}


@blueprint.get("/<region>/people")
@MAY["see"]
@blueprint.response(200, PeopleSchema)
def behind(region: str) -> dict[str, Any]:
    """The people behind a number: `?what=exchanged`, `eligible`, `due` and so on; `?offset=` turns."""
    what, offset = request.args.get("what", "teachers"), request.args.get("offset", default=0, type=int)
    if what not in WHAT or not 0 <= offset <= _FURTHEST:
        field = "what" if what not in WHAT else "offset"
        raise Invalid(Sentence(zh="没有这样的名单。", en="There is no such list."), field=field)
    with reading() as db:
        codes = [each.code for each in counties_of(db, region, _reads())]
        year = _year(db)
        found: People = people(db, year, codes, what=what, offset=offset, limit=_MOST)
    return {"people": found.rows, "total": found.total}


@blueprint.get("/<region>/balance")
@MAY["see"]
@blueprint.response(200, BalanceSchema)
def balance(region: str) -> dict[str, Any]:
    """A county's coefficients of variation of indicators 1 to 3, with its schools."""
    year, found = _standings(region)
    if [each.county.code for each in found] != [region]:
        raise no_such_year()
    with reading() as db:
        rules = found[0].held.rules
        return {
            "coefficients": balances(db, year, {region: rules})[region],
            "schools": compared(db, year, {region: rules})[region],
        }


@blueprint.post("/<region>/closing")
@MAY["close"]
@blueprint.arguments(ClosingSchema)
@blueprint.response(201, ClosedSchema)
def close(said: dict[str, Any], region: str) -> Closing:
    """Close a county's school year: 409 while it runs, and where it is closed."""
    scopes = signed_in().scopes("administrator", "coordinator")
    return command(lambda tx: close_year(tx, year=said["year"], region=region, scopes=scopes))


@blueprint.post("/<region>/reopening")
@MAY["close"]
@blueprint.arguments(ReopeningInSchema)
@blueprint.response(201, ReopeningSchema)
def reopen(said: dict[str, Any], region: str) -> Reopening:
    """Open a county's closed school year again, with why; by the region above or an administrator. 409 where it is not closed."""
    scopes = signed_in().scopes("administrator", "coordinator")
    return command(lambda tx: reopen_year(tx, region=region, scopes=scopes, **said))


def _standings(region: str) -> tuple[int, list[Standing]]:
    with reading() as db:
        some = counties_of(db, region, _reads())
        year = _year(db)
        return year, standings(db, year, some)


def _year(db: Any) -> int:  # noqa: ANN401  a session
    today = edge().runtime.clock().astimezone(ZONE).date()
    return school_year(db, request.args.get("year", ""), today)


def _reads() -> frozenset[str]:
    return signed_in().reads("administrator", "coordinator")
