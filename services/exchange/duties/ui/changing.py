"""Writing into a log and answering what is in it; where it is refused, the page says why and keeps what was typed."""

import dataclasses
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.exchange.duties.commands import answer_duty, log_duty
from services.exchange.duties.policies import MAY, Entry
from services.exchange.duties.schemas import AnswerSchema, EntrySchema
from services.exchange.duties.ui.showing import Page, blueprint, shown
from services.exchange.placements.queries.reaching import asker_of
from shared.errors import Invalid, Refusal
from shared.ids import uuid7
from shared.web.edge import command, reading, signed_in
from shared.web.spoken import sentences


@blueprint.post("/placements/<uuid:placement_id>/duties")
@MAY["write"]
def write(placement_id: UUID) -> Page | Response:
    """Keep an entry and show the log."""
    typed = {name: text for name, text in request.form.items() if text}
    files = tuple(
        (each.filename or "", each.read()) for each in request.files.getlist("files") if each.filename
    )
    with reading() as db:
        who = asker_of(db, signed_in())
    try:
        entry: Entry = dataclasses.replace(EntrySchema().load(typed), files=files)
        id_ = uuid7()
        command(lambda tx: log_duty(tx, id_=id_, placement_id=placement_id, entry=entry, asker=who).id)
    except ValidationError as error:
        return shown(placement_id, errors=sentences(error), typed=typed)
    except Invalid as error:
        return shown(placement_id, errors={error.field or "text": error.sentence}, typed=typed)
    except Refusal as error:
        return shown(placement_id, refused=error.sentence, typed=typed)
    return redirect(url_for("duties.page", placement_id=placement_id), 303)


@blueprint.post("/placements/<uuid:placement_id>/duties/<uuid:duty_id>/answer")
@MAY["answer"]
def answer(placement_id: UUID, duty_id: UUID) -> Page | Response:
    """Confirm, decline or withdraw, and show the log."""
    with reading() as db:
        who = asker_of(db, signed_in())
    try:
        said: dict[str, Any] = AnswerSchema().load(request.form.to_dict())
        command(lambda tx: answer_duty(tx, duty_id=duty_id, asker=who, **said).id)
    except ValidationError as error:
        return shown(placement_id, errors=sentences(error))
    except Invalid as error:
        return shown(placement_id, refused=error.sentence)
    except Refusal as error:
        return shown(placement_id, refused=error.sentence)
    return redirect(url_for("duties.page", placement_id=placement_id), 303)
