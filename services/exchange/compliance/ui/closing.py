"""Closing a county's school year, and opening it again."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from services.exchange.compliance.commands import close_year, reopen_year
from services.exchange.compliance.policies import MAY
from services.exchange.compliance.ui.asking import Page, blueprint, looked_after, one_county
from services.exchange.compliance.ui.counties import shown
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.web.edge import command, reading


@blueprint.post("/<region>/closing")
@MAY["close"]
def close(region: str) -> Page | Response:
    """Fix the county's numbers and the people behind them."""
    said = request.form.get("year", "")
    with reading() as db:
        year = one_county(db, region, said).year
    scopes = looked_after()
    try:
        command(lambda tx: close_year(tx, year=year, region=region, scopes=scopes).year)
    except NotFound:
        raise
    except Refusal as refused:
        return shown(region, refused=refused.sentence, year=said)
    return redirect(url_for("compliance.county", region=region, year=year), 303)


@blueprint.post("/<region>/reopening")
@MAY["close"]
def reopen(region: str) -> Page | Response:
    """Let the numbers follow the directory and the placements again; what was typed stays where it is refused."""
    said = request.form.get("year", "")
    with reading() as db:
        year = one_county(db, region, said).year
    scopes, reason = looked_after(), request.form.get("reason", "").strip()
    try:
        command(lambda tx: reopen_year(tx, year=year, region=region, reason=reason, scopes=scopes).number)
    except Invalid as error:
        return shown(region, wrong=error.sentence, year=said)
    except (NotFound, Forbidden):
        raise
    except Refusal as refused:
        return shown(region, refused=refused.sentence, year=said)
    return redirect(url_for("compliance.county", region=region, year=year), 303)
