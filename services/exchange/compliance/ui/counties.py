"""One county: its numbers by school, the rules that hold, principals who are due, and how unlike its schools are."""

from flask import render_template, request

from services.exchange.balance.model import INDICATORS, LEFT_OUT
from services.exchange.balance.queries import balances, compared
from services.exchange.compliance.policies import MAY, may_reopen
from services.exchange.compliance.queries.counting import reopenings, schools_of, standings
from services.exchange.compliance.queries.people import people
from services.exchange.compliance.ui.asking import (
    Page,
    blueprint,
    looked_after,
    one_county,
    today,
    words,
)
from services.exchange.compliance.ui.overview import LINE, WIDTH, dot, held_names
from services.exchange.placements.model import KINDS
from services.exchange.placements.queries.people import schools_named
from services.exchange.rules.model import COUNTING, NUMERATORS, SETTINGS
from shared.auth import covers
from shared.text import Sentence
from shared.web.edge import reading

#: Principals who are due that the page names; the rest is one step away.
_NAMED = 8


@blueprint.get("/<region>")
@MAY["see"]
def county(region: str) -> Page:
    """A county in a school year."""
    return shown(region)


@blueprint.get("/<region>/balance")
@MAY["see"]
def balance(region: str) -> str:
    """What each school has of indicators 1 to 3, by stage, and which schools are not compared."""
    with reading() as db:
        wanted = one_county(db, region, request.args.get("year", ""))
        [standing] = standings(db, wanted.year, wanted.counties)
        rules = standing.held.rules
        return render_template(
            "exchange/compliance_balance.html",
            asked=wanted,
            standing=standing,
            rules=rules,
            schools=compared(db, wanted.year, {region: rules})[region],
            coefficients=balances(db, wanted.year, {region: standing.held.rules})[region],
            INDICATORS=INDICATORS,
            LEFT_OUT=LEFT_OUT,
            **words(),
        )


def shown(
    region: str, *, refused: Sentence | None = None, wrong: Sentence | None = None, year: str = ""
) -> Page:
    """The page; after a step that was not taken with why, and the reason that was typed."""
    with reading() as db:
        wanted = one_county(db, region, year or request.args.get("year", ""))
        [standing] = standings(db, wanted.year, wanted.counties)
        schools = schools_of(db, wanted.year, region)
        named = schools_named(db, {each.school_id for each in schools})
        due = people(db, wanted.year, [region], what="due", order="since", limit=_NAMED)
        coefficients = balances(db, wanted.year, {region: standing.held.rules})[region]
        held = held_names(db, [standing])[region]
        reopened = reopenings(db, wanted.year, region)
    _, last = standing.held.rules.days_of(wanted.year)
    over = today() > last
    html = render_template(
        "exchange/compliance_county.html",
        asked=wanted,
        standing=standing,
        rules=standing.held.rules,
        held=held,
        dots=(dot(standing.verdict.exchanged), dot(standing.verdict.backbone)),
        schools=[each for each in schools if each.figures.eligible or each.figures.exchanged or each.figures.beside or each.figures.planned],
        others=sum(not (each.figures.eligible or each.figures.exchanged or each.figures.beside or each.figures.planned) for each in schools),
        named=named,
        due=due,
        coefficients=coefficients,
        last=last,
        closable=over and standing.closed is None and any(covers(scope, region=region) for scope in looked_after()),
        refused=refused,
        wrong=wrong,
        reason=request.form.get("reason", ""),
        reopened=reopened,
        reopenable=standing.closed is not None and may_reopen(region, looked_after()),
        WIDTH=WIDTH,
        LINE=LINE,
        INDICATORS=INDICATORS,
        SETTINGS=SETTINGS,
        KINDS=KINDS,
        COUNTING=COUNTING,
        NUMERATORS=NUMERATORS,
        **words(),
    )  # fmt: skip
    return (html, 409) if refused else (html, 422) if wrong else html
