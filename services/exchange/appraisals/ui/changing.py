"""What is done on the page of an appraisal; where it is refused, the page says why and keeps what was typed."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.exchange.appraisals.commands import act
from services.exchange.appraisals.policies import MAY
from services.exchange.appraisals.schemas import VERBS
from services.exchange.appraisals.ui.showing import Page, blueprint, shown
from services.exchange.placements.queries.reaching import asker_of, no_such_placement
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.spoken import sentences

_SCORE = "score:"


@blueprint.post("/placements/<uuid:placement_id>/appraisal/<verb>")
@MAY["act"]
def do(placement_id: UUID, verb: str) -> Page | Response:
    """Do a verb and show the page."""
    schema, typed = VERBS.get(verb), request.form.to_dict()
    if schema is None:
        raise no_such_placement()
    with reading() as db:
        who = asker_of(db, signed_in())
    try:
        said: dict[str, Any] = schema().load(_said(verb))
        command(lambda tx: act(tx, verb=verb, placement_id=placement_id, asker=who, said=said).id)
    except ValidationError as error:
        return shown(
            placement_id, errors=sentences(error), status=HTTPStatus.UNPROCESSABLE_ENTITY, typed=typed
        )
    except Invalid as error:
        wrong: dict[str, Sentence] = {error.field or "text": error.sentence}
        return shown(placement_id, errors=wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY, typed=typed)
    except (NotFound, Forbidden):
        raise
    except Refusal as error:
        return shown(placement_id, refused=error.sentence, status=HTTPStatus.CONFLICT, typed=typed)
    return redirect(url_for("appraisals.page", placement_id=placement_id), 303)


def _said(verb: str) -> dict[str, Any]:
    """What the form says, as JSON would."""
    form = request.form
    if verb == "name":
        return {"role": form.get("role", ""), "people": form.getlist("people")}
    said: dict[str, Any] = {
        name: value for name, value in form.items() if value and not name.startswith(_SCORE)
    }
    if verb == "rate":
        said["scores"] = {
            name.removeprefix(_SCORE): value for name, value in form.items() if name.startswith(_SCORE)
        }
    return said
