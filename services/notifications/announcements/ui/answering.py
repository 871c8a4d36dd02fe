"""Confirming an announcement for a school: a button on a page, because scanners of mail open every link."""

from uuid import UUID

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from services.notifications.announcements.commands import confirm
from services.notifications.announcements.ui.asking import CONFIRM, Page, answered, blueprint
from services.notifications.announcements.ui.sending import shown
from shared.errors import Invalid, Refusal
from shared.web.edge import command


@blueprint.post("/<uuid:announcement_id>/confirmation")
@CONFIRM
def confirmed(announcement_id: UUID) -> Page | Response:
    """Confirm it, signed by who is named."""
    schools, name = answered(), " ".join(request.form.get("name", "").split())
    try:
        command(lambda tx: confirm(tx, announcement_id=announcement_id, name=name, schools=schools).id)
    except (Invalid, Refusal) as error:
        return shown(announcement_id, error=error)
    return redirect(url_for("announcements.page", announcement_id=announcement_id), 303)
