"""An announcement's page: for a school its letter, for its sender the board, and what its sender does with it."""

from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.notifications.announcements.commands import read, remind, send, withdraw
from services.notifications.announcements.model import File
from services.notifications.announcements.queries import (
    announcement_for,
    announcement_within,
    answered_for,
    board_of,
    files_of,
    no_such_announcement,
)
from services.notifications.announcements.schemas import SendForm
from services.notifications.announcements.ui.asking import (
    SEE,
    SEND,
    Page,
    answered,
    blueprint,
    own,
    seen_within,
)
from services.notifications.announcements.ui.board import FILTERS, asked_for, board
from shared.errors import Invalid, NotFound, Refusal, TongxingError
from shared.roster import name_of
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.lists import chosen
from shared.web.rendering import say


@blueprint.get("/<uuid:announcement_id>")
@SEE
def page(announcement_id: UUID) -> Page:
    """For its sender the preview or the board; for a school the letter, which counts as opened."""
    return shown(announcement_id)


@blueprint.post("/<uuid:announcement_id>/sending")
@SEND
def sent(announcement_id: UUID) -> Page | Response:
    """Send it, now or at a time."""
    scopes = own()
    try:
        at = SendForm().load(request.form)["send_at"]
        command(lambda tx: send(tx, announcement_id=announcement_id, scopes=scopes, at=at).id)
    except ValidationError:
        wrong = Sentence(
            zh="请按 2025-06-08T18:00 的格式填写时间。", en="Write the time as 2025-06-08T18:00."
        )
        return shown(announcement_id, error=Invalid(wrong))
    except (Invalid, Refusal) as error:
        return shown(announcement_id, error=error)
    return redirect(url_for("announcements.page", announcement_id=announcement_id), 303)


@blueprint.post("/<uuid:announcement_id>/withdrawal")
@SEND
def withdrawn(announcement_id: UUID) -> Page | Response:
    """Let it hold no more."""
    scopes, reason = own(), " ".join(request.form.get("reason", "").split())
    try:
        command(lambda tx: withdraw(tx, announcement_id=announcement_id, reason=reason, scopes=scopes).id)
    except (Invalid, Refusal) as error:
        return shown(announcement_id, error=error)
    return redirect(url_for("announcements.page", announcement_id=announcement_id), 303)


@blueprint.post("/<uuid:announcement_id>/reminders")
@SEND
def reminded(announcement_id: UUID) -> Page | Response:
    """Remind those that are ticked, or all on the board that have not confirmed; each once a day at most."""
    scopes = own()
    try:
        said = chosen()
        with reading() as db:
            found = announcement_within(db, announcement_id, scopes)
            listed = asked_for(found, board_of(db, found), said.get)
        schools = said.ids or {row.school_id for row in listed}
        number = command(
            lambda tx: remind(tx, announcement_id=announcement_id, scopes=scopes, schools=schools)
        )
    except (Invalid, Refusal) as error:
        return shown(announcement_id, error=error)
    kept: dict[str, Any] = {name: said.get(name) or None for name in FILTERS}
    page = url_for("announcements.page", announcement_id=announcement_id, reminded=number, **kept)
    return redirect(page, 303)


@blueprint.get("/<uuid:announcement_id>/files/<uuid:file_id>")
@SEE
def file(announcement_id: UUID, file_id: UUID) -> Response:
    """A file of it: always saved, never shown, whatever it says it is."""
    with reading() as db:
        try:
            announcement_within(db, announcement_id, seen_within())
        except NotFound:
            announcement_for(db, announcement_id, answered_for(db, signed_in()))
        found = db.get(File, file_id)
        if found is None or found.announcement_id != announcement_id:
            raise no_such_announcement()
        answer = make_response(found.data)
    answer.headers["Content-Type"] = "application/octet-stream"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers.set("Content-Disposition", "attachment", filename=found.name)
    return answer


def shown(announcement_id: UUID, *, error: TongxingError | None = None) -> Page:
    """The page of an announcement as the reader may see it."""
    try:
        return board(announcement_id, error=error)
    except NotFound:
        return _letter(announcement_id, error=error)


def _letter(announcement_id: UUID, *, error: TongxingError | None) -> Page:
    schools = answered()
    command(lambda tx: read(tx, announcement_id=announcement_id, schools=schools))
    with reading() as db:
        found, receipt = announcement_for(db, announcement_id, schools)
        files = files_of(db, announcement_id)
        sender = say(name_of(db, "all" if found.host_region == "000000" else f"region:{found.host_region}"))
    html = render_template(
        "notifications/letter.html",
        found=found,
        receipt=receipt,
        files=files,
        sender=sender,
        late=bool(found.confirm_by and found.confirm_by <= edge().runtime.clock()),
        error=error,
        typed=request.form,
    )
    return (html, int(error.status)) if error else html
