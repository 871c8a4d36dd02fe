"""The page where somebody sends files, and sees what became of each."""

from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from services.resources.files.commands import uploading
from services.resources.files.commands.depot import depot_of
from services.resources.files.model.upload import STATES
from services.resources.files.policies.kinds import word_for
from services.resources.files.queries.own import own_file, own_uploads
from services.resources.files.ui.handing import hand_out, hand_out_preview
from shared.auth import holders
from shared.web.edge import command, edge, reading, signed_in

#: Whoever may contribute. Auditors read.
UPLOADERS = holders("administrator", "coordinator", "liaison", "teacher")

blueprint = Blueprint("files", __name__, url_prefix="/resources", template_folder="../../templates")


@blueprint.get("/uploads")
@UPLOADERS
def page() -> str:
    """Where files are sent, and those that were."""
    settings = edge().runtime.settings
    return render_template(
        "resources/uploads.html", **_sent(), largest=settings.largest_file, days=settings.keep_uploads.days
    )


@blueprint.get("/uploads/sent")
@UPLOADERS
def sent() -> str:
    """Those that were sent, for the page that is open."""
    return render_template("resources/uploads_sent.html", **_sent())


@blueprint.get("/uploads/<uuid:upload_id>/file")
@UPLOADERS
def file(upload_id: UUID) -> Response:
    """What somebody sent themselves."""
    with reading() as db:
        upload, stored = own_file(db, upload_id, by=signed_in().actor)
    return hand_out(depot_of(edge().runtime.settings), stored, name=upload.name)


@blueprint.get("/uploads/<uuid:upload_id>/preview")
@UPLOADERS
def preview(upload_id: UUID) -> Response:
    """Its first page as a picture."""
    with reading() as db:
        _upload, stored = own_file(db, upload_id, by=signed_in().actor)
    return hand_out_preview(depot_of(edge().runtime.settings), stored)


@blueprint.post("/uploads/<uuid:upload_id>/removal")
@UPLOADERS
def remove(upload_id: UUID) -> BaseResponse:
    """Take it off the list; what it was put into keeps it. `item`: from whose page it was taken off."""
    item = request.form.get("item", type=UUID)
    command(lambda tx: uploading.give_up(tx, upload_id=upload_id))
    return redirect(url_for("files.of_item", item_id=item) if item else url_for("files.page"), 303)


def _sent() -> dict[str, object]:
    with reading() as db:
        rows = own_uploads(db, by=signed_in().actor)
    busy = any(
        upload.state == "received" or (stored is not None and stored.read_at is None)
        for upload, stored in rows
    )
    return {"rows": rows, "busy": busy, "STATES": STATES, "word_for": word_for}
