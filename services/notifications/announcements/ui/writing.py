"""The list of what was announced, and the form."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from services.notifications.announcements.commands import attach, draft, edit, set_rule
from services.notifications.announcements.model import LARGEST, MOST_DAYS, STATES, Announcement
from services.notifications.announcements.queries import (
    announcement_within,
    announcements_within,
    days_asked,
    groups_within,
)
from services.notifications.announcements.schemas import ZONE, RuleForm, SeenForm, TextForm
from services.notifications.announcements.ui.asking import (
    SEND,
    Page,
    blueprint,
    host,
    offered,
    own,
    seen_within,
)
from shared.auth import readers
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal, Stale
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, edge, reading
from shared.web.rendering import say
from shared.web.spoken import sentences

_SEE = readers("administrator", "coordinator")


@blueprint.get("")
@_SEE
def index() -> Page:
    """What coordinators of the reader's regions have announced, the latest first."""
    with reading() as db:
        found, days = announcements_within(db, seen_within()), days_asked(db, host(own()))
    return render_template(
        "notifications/announcements.html",
        announcements=found,
        STATES=STATES,
        may_send=bool(own()),
        days=days,
        MOST_DAYS=MOST_DAYS,
    )


@blueprint.post("/rule")
@SEND
def ruled() -> Response:
    """Have the own region's sessions ask for confirmation, or no more. Raises Invalid."""
    region = host(own())
    try:
        days = RuleForm().load(request.form)["days"]
    except ValidationError as error:
        wrong = Sentence(zh=f"请填写 0 到 {MOST_DAYS} 天。", en=f"Say 0 to {MOST_DAYS} days.")
        raise Invalid(wrong, field="days") from error
    command(lambda tx: set_rule(tx, host_region=region, days=days, regions=[region]))
    return redirect(url_for("announcements.index"), 303)


@blueprint.get("/new")
@SEND
def new() -> Page:
    """The form for another one."""
    return _form(MultiDict())


@blueprint.post("")
@SEND
def drafted() -> Page | Response:
    """Keep a draft and show it; a file comes with it."""
    request.max_content_length = LARGEST + 64 * 1024
    id_, scopes = uuid7(), own()
    file = request.files.get("file")
    data, name = (file.read(), file.filename) if file and file.filename else (b"", "")
    try:
        text = TextForm().load(_typed())

        def work(tx: Transaction) -> None:
            draft(tx, id_=id_, text=text, host_region=host(scopes), scopes=scopes)
            tx.db.flush()
            if name:
                attach(tx, announcement_id=id_, name=name, data=data, scopes=scopes)

        command(work)
    except (ValidationError, Invalid, Forbidden, Refusal) as error:
        return _form(request.form, error=error)
    return redirect(url_for("announcements.page", announcement_id=id_), 303)


@blueprint.get("/<uuid:announcement_id>/edit")
@SEND
def there(announcement_id: UUID) -> Page:
    """The form with what it says."""
    with reading() as db:
        found = announcement_within(db, announcement_id, own())
    found.insist("edit")
    typed = MultiDict(
        [
            ("title", found.title),
            ("body", found.body),
            *(("scopes", scope) for scope in found.scopes),
            *([("asks", "true")] if found.asks else []),
            ("confirm_by", f"{found.confirm_by.astimezone(ZONE):%Y-%m-%dT%H:%M}" if found.confirm_by else ""),
            ("seen", str(found.version)),
        ]
    )
    return _form(typed, announcement=found)


@blueprint.post("/<uuid:announcement_id>/edit")
@SEND
def edited(announcement_id: UUID) -> Page | Response:
    """Say something else."""
    scopes = own()
    with reading() as db:
        found = announcement_within(db, announcement_id, scopes)
    try:
        text, seen = TextForm().load(_typed()), SeenForm().load(request.form)["seen"]
        command(lambda tx: edit(tx, announcement_id=announcement_id, text=text, seen=seen, scopes=scopes).id)
    except (ValidationError, Invalid, Forbidden, Refusal) as error:
        typed = request.form.copy()
        if isinstance(error, Stale):
            typed["seen"] = str(error.now)
        return _form(typed, announcement=found, error=error)
    return redirect(url_for("announcements.page", announcement_id=announcement_id), 303)


def _typed() -> Mapping[str, Any]:
    return {**request.form.to_dict(), "scopes": request.form.getlist("scopes")}


def _form(
    typed: MultiDict[str, str],
    *,
    announcement: Announcement | None = None,
    error: ValidationError | Invalid | Forbidden | Refusal | None = None,
) -> Page:
    with reading() as db:
        places, groups = offered(db), groups_within(db, own())
    if isinstance(error, ValidationError):
        errors = {name: say(sentence) for name, sentence in sentences(error).items()}
    else:
        errors = {error.field or "": say(error.sentence)} if error else {}
    html = render_template(
        "notifications/announcement_form.html",
        announcement=announcement,
        typed=typed,
        chosen=set(typed.getlist("scopes")),
        places=places,
        groups=groups,
        errors=errors,
        now=edge().runtime.clock(),
    )
    status = 422 if isinstance(error, ValidationError) else int(error.status) if error else 200
    return html, status
