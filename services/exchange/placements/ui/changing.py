"""Steps, taken on the page of a placement; where one is refused, the page says why and keeps what was typed."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.exchange.placements.commands import take_step
from services.exchange.placements.policies import MAY
from services.exchange.placements.schemas import StepSchema
from services.exchange.placements.ui.asking import Page, blueprint, errors_of, who_asks
from services.exchange.placements.ui.showing import shown
from shared.errors import Invalid, Refusal, Stale
from shared.web.edge import command


@blueprint.post("/placements/<uuid:placement_id>/steps")
@MAY["step"]
def take(placement_id: UUID) -> Page | Response:
    """Lead it on and show it."""
    typed = {name: text for name, text in request.form.items() if text}
    who = who_asks()
    try:
        asked: dict[str, Any] = StepSchema().load(typed)
        command(lambda tx: take_step(tx, placement_id=placement_id, asker=who, **asked).id)
    except (ValidationError, Invalid) as error:
        return shown(placement_id, errors=errors_of(error), typed=typed)
    except Refusal as error:
        page = shown(placement_id, refused=error.sentence, typed=typed)
        html = page if isinstance(page, str) else page[0]
        return html, HTTPStatus.PRECONDITION_FAILED if isinstance(error, Stale) else HTTPStatus.CONFLICT
    return redirect(url_for("placements.page", placement_id=placement_id), 303)
