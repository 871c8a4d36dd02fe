"""Staged agendas as JSON: send a workbook, read what it says, put cells right, confirm."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_smorest import Blueprint

from services.scheduling.agendas.commands import LARGEST, confirm, correct, stage
from services.scheduling.agendas.policies.rights import MAY
from services.scheduling.agendas.queries import import_within, preview
from services.scheduling.agendas.schemas import AgendaSchema, CorrectionSchema, as_json
from services.scheduling.hosting.model import PLANNERS
from shared.errors import Invalid
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.preconditions import seen

blueprint = Blueprint("agendas_api", __name__, url_prefix="/scheduling/api/v1/agendas", description="Agendas")

#: What a form adds to the file in it, in bytes.
FORM = 64 * 1024


@blueprint.post("")
@MAY["bring"]
@blueprint.response(201, AgendaSchema)
def send() -> tuple[dict[str, Any], int, dict[str, str]]:
    """Take in the field `workbook` of a multipart form; nothing is planned yet."""
    request.max_content_length = LARGEST + FORM
    file = request.files.get("workbook")
    if file is None or not file.filename:
        raise Invalid(Sentence(zh="请附上一个 .xlsx 文件。", en="Attach an .xlsx file."), field="workbook")
    data, filename, host = file.read(), file.filename, request.form.get("host_region", "")
    scopes = signed_in().scopes(*PLANNERS)
    id_ = command(lambda tx: stage(tx, data=data, filename=filename, host_region=host, scopes=scopes).id)
    return _now(id_), 201, {"Location": url_for("agendas_api.one", agenda_id=id_)}


@blueprint.get("/<uuid:agenda_id>")
@MAY["see"]
@blueprint.response(200, AgendaSchema)
def one(agenda_id: UUID) -> dict[str, Any]:
    """What it says now, with every problem; its `version` may be named in If-Match."""
    return _now(agenda_id)


@blueprint.post("/<uuid:agenda_id>/corrections")
@MAY["bring"]
@blueprint.arguments(CorrectionSchema)
@blueprint.response(200, AgendaSchema)
def put_right(asked: dict[str, Any], agenda_id: UUID) -> dict[str, Any]:
    """Put cells right."""
    scopes = signed_in().scopes(*PLANNERS)
    command(
        lambda tx: (
            correct(tx, import_id=agenda_id, sheet=asked["sheet"], cells=asked["cells"], scopes=scopes).id
        )
    )
    return _now(agenda_id)


@blueprint.post("/<uuid:agenda_id>/confirmation")
@MAY["bring"]
@blueprint.response(200, AgendaSchema)
def confirmation(agenda_id: UUID) -> dict[str, Any]:
    """Make a programme of it, as a draft."""
    scopes, version = signed_in().scopes(*PLANNERS), seen()
    command(lambda tx: confirm(tx, import_id=agenda_id, seen=version, scopes=scopes).id)
    return _now(agenda_id)


def _now(agenda_id: UUID) -> dict[str, Any]:
    with reading() as db:
        return as_json(preview(db, import_within(db, agenda_id, signed_in().reads(*PLANNERS))))
