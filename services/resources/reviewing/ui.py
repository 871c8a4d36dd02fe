"""The page of whose word it takes, region by region."""

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.resources.reviewing.commands import say_rule
from services.resources.reviewing.model import RULES
from services.resources.reviewing.queries import regions_below, rules_by_region
from services.resources.reviewing.schemas import RuleSchema
from shared.auth import holders, readers
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, TongxingError
from shared.text import Sentence
from shared.web.edge import command, principal, reading, signed_in
from shared.web.spoken import sentences

blueprint = Blueprint("reviewing", __name__, url_prefix="/resources", template_folder="../templates")

_Page = str | tuple[str, int]
_DECIDERS = holders("administrator", "coordinator")


@blueprint.get("/review-rules")
@readers("administrator", "coordinator", "liaison")
def page() -> _Page:
    """What holds in each region that the reader knows, and who says so."""
    return _shown()


@blueprint.post("/review-rules")
@_DECIDERS
def say() -> _Page | Response:
    """Say it for a region."""
    asks = signed_in()

    def work(tx: Transaction) -> None:
        say_rule(tx, asks=asks, **RuleSchema().load(request.form.to_dict()))

    try:
        command(work)
    except (ValidationError, Invalid, Forbidden) as error:
        return _shown(error=error)
    return redirect(url_for("reviewing.page"), 303)


def _shown(*, error: Exception | None = None) -> _Page:
    told: dict[str, Sentence] = {}
    if isinstance(error, ValidationError):
        told = sentences(error)
    elif isinstance(error, TongxingError):
        told = {error.field or "by": error.sentence}
    with reading() as db:
        regions = regions_below(db, signed_in())
        html = render_template(
            "resources/review_rules.html",
            rows=rules_by_region(db, [code for code, _, _ in regions]),
            regions=regions,
            names={code: (name, name_en) for code, name, name_en in regions},
            may_say=_DECIDERS.allows(principal()),
            typed=request.form,
            errors=told,
            RULES=RULES,
        )
    return html if error is None else (html, int(getattr(error, "status", 422)))
