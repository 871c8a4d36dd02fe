"""The answer for every county at once: the two shares against the rule, who goes where, and how unlike schools are."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.exchange.balance.model import INDICATORS
from services.exchange.balance.queries import balances
from services.exchange.compliance.policies import ANSWERS, MAY, Share
from services.exchange.compliance.queries.counting import Standing, standings
from services.exchange.compliance.ui.asking import asked, blueprint, words
from services.exchange.placements.queries.drawing import drawn
from services.exchange.placements.queries.flows import flows
from services.exchange.placements.queries.reaching import asker_of
from services.exchange.rules.model import said_of
from services.exchange.rules.queries import regions_named
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import edge, reading, signed_in
from shared.web.rendering import say

#: The picture of a share: how wide, and where the dashed line of the rule stands.
WIDTH, LINE = 200, 124
#: The flows beside the coefficients.
_FLOWS = {"width": 520, "left": 150, "right": 370}

_COLUMNS = ("县市", "符合条件教师", "计入交流", "占比 %", "规定 %", "计入的骨干教师", "骨干占比 %", "规定 %", "结论", "还差教师", "还差骨干", "已同意未到岗", "到期应交流校长", "执行的规定", "封存日期")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dot:
    """A share as a point of its line; x in the units of the picture."""

    x: float
    share: Share


@blueprint.get("")
@MAY["see"]
def index() -> str:
    """Every county of a region in a school year."""
    with reading() as db:
        wanted = asked(db, request.args.get("region", ""), request.args.get("year", ""))
        found = standings(db, wanted.year, wanted.counties)
        held = held_names(db, found)
        balance = balances(db, wanted.year, {each.county.code: each.held.rules for each in found})
        who = asker_of(db, signed_in())
        sees = frozenset(f"region:{code}" for code in wanted.codes)
        moves = flows(
            db,
            dataclasses.replace(who, read=sees, schools=frozenset(), person_id=None),
            year=wanted.year,
            between="regions",
        )
    return render_template(
        "exchange/compliance.html",
        asked=wanted,
        standings=found,
        held=held,
        dots={each.county.code: (dot(each.verdict.exchanged), dot(each.verdict.backbone)) for each in found},
        met=sum(each.verdict.answer == "met" for each in found),
        missed=sum(each.verdict.answer == "missed" for each in found),
        balance=balance,
        moves=moves,
        picture=drawn(moves, **_FLOWS),
        WIDTH=WIDTH,
        LINE=LINE,
        INDICATORS=INDICATORS,
        now=edge().runtime.clock(),
        **words(),
    )


@blueprint.get("/export.xlsx")
@MAY["see"]
def exported() -> Response:
    """The same numbers as a workbook."""
    with reading() as db:
        wanted = asked(db, request.args.get("region", ""), request.args.get("year", ""))
        found = standings(db, wanted.year, wanted.counties)
        held = held_names(db, found)
    title = say(Sentence(zh="教师交流达标情况", en="Compliance of exchange"))
    return workbook(
        f"{title} {wanted.year}–{wanted.year + 1}", _COLUMNS, (_row(each, held) for each in found)
    )


def dot(share: Share) -> Dot:
    """Where a share stands: up to the dashed line as much as it has of the rule; beyond it ever slower, so that all fit."""
    part = (share.percent or 0.0) / share.wanted if share.wanted else 1.0
    x = part * LINE if part <= 1 else LINE + (WIDTH - LINE) * (1 - 1 / part)
    return Dot(round(max(7.0, min(x, WIDTH - 7.0)), 1), share)


def held_names(db: Session, found: Sequence[Standing]) -> dict[str, Sentence]:
    """Whose rules hold in each county, in words. One query."""
    names = regions_named(db, {each.held.region_code for each in found})
    return {each.county.code: said_of(each.held, names.get(each.held.region_code)) for each in found}


def _row(each: Standing, held: Mapping[str, Sentence]) -> tuple[object, ...]:
    figures, verdict = each.figures, each.verdict
    return (
        each.county.name.zh,
        figures.eligible,
        figures.exchanged,
        _percent(verdict.exchanged),
        verdict.exchanged.wanted,
        figures.backbone,
        _percent(verdict.backbone),
        verdict.backbone.wanted,
        ANSWERS[verdict.answer].zh,
        verdict.exchanged.lacks,
        verdict.backbone.lacks,
        figures.planned,
        figures.due,
        held[each.county.code].zh,
        f"{each.closed:%Y-%m-%d}" if each.closed else "",
    )


def _percent(share: Share) -> float | str:
    return "" if share.percent is None else round(share.percent, 2)
