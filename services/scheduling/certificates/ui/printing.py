"""Many certificates to print: asked for, watched, and downloaded part by part."""

from uuid import UUID

from flask import redirect, url_for
from werkzeug.wrappers import Response

from services.scheduling.certificates.commands import ask_to_print
from services.scheduling.certificates.queries import printed
from services.scheduling.certificates.ui.asking import blueprint, pdf, scopes, verified_at
from services.scheduling.hosting.model import PLANNERS
from services.scheduling.programmes.queries import programme_within
from shared.auth import holders
from shared.web.edge import command, reading

_HOST = holders(*PLANNERS)


@blueprint.post("/programmes/<uuid:programme_id>/certificates/printing")
@_HOST
def setting(programme_id: UUID) -> Response:
    """Let all that hold be set; the page says how far it is."""
    own, where = scopes(), verified_at()
    command(lambda tx: ask_to_print(tx, programme_id=programme_id, verified_at=where, scopes=own).id)
    return redirect(url_for("certificates.index", programme_id=programme_id), 303)


@blueprint.get("/programmes/<uuid:programme_id>/certificates/printing/<int:position>.pdf")
@_HOST
def part(programme_id: UUID, position: int) -> Response:
    """One part, once it is ready."""
    with reading() as db:
        programme_within(db, programme_id, scopes())
        data = printed(db, programme_id, position)
    return pdf(data, f"certificates-{position + 1}.pdf")
