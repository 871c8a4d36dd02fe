"""Answers and steps; where one is refused, the page says why and keeps what was typed."""

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.exchange.agreements.commands import act, answer_agreement
from services.exchange.agreements.policies import MAY
from services.exchange.agreements.schemas import (
    ActSchema,
    AnswerSchema,
)
from services.exchange.agreements.ui.asking import Page, blueprint, who_asks
from services.exchange.agreements.ui.showing import refused_on
from shared.errors import Invalid, Refusal, TongxingError
from shared.web.edge import command, edge
from shared.web.rendering import ZONE


@blueprint.post("/<uuid:agreement_id>/answers")
@MAY["act"]
def answer(agreement_id: UUID) -> Page | Response:
    """Approve or reject exactly what was looked at."""
    who = who_asks()
    try:
        said: dict[str, Any] = AnswerSchema().load(request.form.to_dict())
        approved = said.pop("answer") == "approve"
        command(
            lambda tx: (
                answer_agreement(tx, agreement_id=agreement_id, approved=approved, asker=who, **said).id
            )
        )
    except (ValidationError, TongxingError) as error:
        return refused_on(agreement_id, error)
    return redirect(url_for("agreements.page", agreement_id=agreement_id), 303)


@blueprint.post("/<uuid:agreement_id>/steps")
@MAY["act"]
def take(agreement_id: UUID) -> Page | Response:
    """Ask the parties, withdraw, terminate, or renew a line."""
    who, today = who_asks(), edge().runtime.clock().astimezone(ZONE).date()
    try:
        said: dict[str, Any] = ActSchema().load({name: text for name, text in request.form.items() if text})

        verb: str = said.pop("verb")
        command(
            lambda tx: act(tx, verb=verb, agreement_id=agreement_id, asker=who, today=today, said=said).id
        )
    except (ValidationError, Invalid, Refusal) as error:
        return refused_on(agreement_id, error)
    return redirect(url_for("agreements.page", agreement_id=agreement_id), 303)
