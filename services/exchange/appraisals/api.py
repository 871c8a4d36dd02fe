"""Appraisals and their forms as JSON."""

from typing import Any
from uuid import UUID

from flask import request
from flask_smorest import Blueprint, abort
from marshmallow import ValidationError

from services.exchange.appraisals.commands import act, decide_form
from services.exchange.appraisals.policies import MAY
from services.exchange.appraisals.queries import forms_of, shown_of
from services.exchange.appraisals.schemas import VERBS, AppraisalSchema, FormSchema, FormsSchema
from services.exchange.placements.queries.reaching import Asker, asker_of, reached
from shared.errors import NotFound
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint("appraisals_api", __name__, url_prefix="/exchange/api/v1", description="Appraisals")


@blueprint.get("/placements/<uuid:placement_id>/appraisal")
@MAY["see"]
@blueprint.response(200, AppraisalSchema)
def one(placement_id: UUID) -> dict[str, Any]:
    """The appraisal of a placement."""
    return _shown(placement_id, _asker())


@blueprint.post("/placements/<uuid:placement_id>/appraisal/<verb>")
@MAY["act"]
@blueprint.response(200, AppraisalSchema)
def do(placement_id: UUID, verb: str) -> dict[str, Any]:
    """Report, gate, name, rate, decide, appeal, answer, reward, plan, follow or adopt; the body has what the verb needs."""
    schema = VERBS.get(verb)
    if schema is None:
        raise NotFound(Sentence(zh="没有这个操作。", en="There is no such step."))
    try:
        said: dict[str, Any] = schema().load(request.get_json(silent=True) or {})
    except ValidationError as error:  # of a shape that the address names; told as every other
        abort(422, messages={"json": error.normalized_messages()})  # type: ignore[no-untyped-call]
    who = _asker()
    command(lambda tx: act(tx, verb=verb, placement_id=placement_id, asker=who, said=said).id)
    return _shown(placement_id, who)


@blueprint.get("/appraisal-forms/<region>")
@MAY["see"]
@blueprint.response(200, FormsSchema)
def forms(region: str) -> dict[str, Any]:
    """The forms that a region decided on; each version stays."""
    with reading() as db:
        return {"forms": forms_of(db, region)}


@blueprint.post("/appraisal-forms/<region>")
@MAY["forms"]
@blueprint.arguments(FormSchema)
@blueprint.response(201, FormsSchema)
def decide(said: dict[str, Any], region: str) -> dict[str, Any]:
    """Decide on the next version of a form; appraisals that have begun keep theirs."""
    scopes = signed_in().scopes("administrator", "coordinator")
    command(lambda tx: decide_form(tx, region=region, scopes=scopes, **said))
    with reading() as db:
        return {"forms": forms_of(db, region)}


def _shown(placement_id: UUID, who: Asker) -> dict[str, Any]:
    with reading() as db:
        shown = shown_of(db, reached(db, placement_id, who))
    row = shown.row
    found = {
        "means": shown.outcome.means,
        "score": shown.outcome.score,
        "given": shown.outcome.given,
        "missing": shown.outcome.missing,
        "form_source": shown.source,
        "state": "open",
    }
    if row is None:
        return found
    names = ("state", "gate", "grade", "missing_why", "plan", "plan_due", "follow_up", "reward", "adopted", "appeal", "appeal_answer")  # fmt: skip
    return {**found, **{name: getattr(row, name) for name in names}}


def _asker() -> Asker:
    with reading() as db:
        return asker_of(db, signed_in())
