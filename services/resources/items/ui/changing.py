"""Forms and buttons of whoever makes an item, or decides on it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.resources.items.commands import making, publishing
from services.resources.items.commands.reading import taught_with
from services.resources.items.model.words import KINDS, LICENCES, PURPOSES, STAGES
from services.resources.items.queries.listing import (
    region_of_school,
    schools_opened_to,
    schools_to_make_for,
    version_of,
)
from services.resources.items.queries.opening import audiences_of, choices
from services.resources.items.queries.seeing import item_for
from services.resources.items.schemas import (
    AudienceSchema,
    ContentSchema,
    ItemSchema,
    LessonSchema,
    ReasonSchema,
    content_of,
)
from services.resources.items.ui.asking import MAKERS, asker, blueprint
from shared.auth import holders
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal, TongxingError
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, reading
from shared.web.spoken import sentences

_Page = str | tuple[str, int]

#: Whoever decides on publication.
_DECIDERS = holders("administrator", "coordinator")


@blueprint.get("/new")
@MAKERS
def new() -> _Page:
    """The form of a new item."""
    return _form({"audience": "region"})


@blueprint.post("")
@MAKERS
def enter() -> _Page | Response:
    """Make an item; its files come next."""
    own, id_ = asker(), uuid7()

    def work(tx: Transaction) -> None:
        said = ItemSchema().load(_typed())
        school_id: UUID = said["school_id"]
        region = region_of_school(tx.db, school_id)
        allowed = {school.id for school in schools_to_make_for(tx.db, own)}
        if region is None or school_id not in allowed:
            raise Forbidden(
                Sentence(zh="请选择你所在的学校。", en="Choose a school of yours."), field="school_id"
            )
        making.draft_item(
            tx,
            id_=id_,
            kind=said["kind"],
            content=content_of(said),
            school_id=school_id,
            region_code=region,
            audiences=audiences_of(tx.db, said["audience"], school_id=school_id, region_code=region),
        )

    try:
        command(work)
    except (ValidationError, Invalid, Forbidden) as error:
        return _form(_typed(), error=error)
    return redirect(url_for("items.page", item_id=id_), 303)


@blueprint.get("/<uuid:item_id>/revision")
@MAKERS
def edit(item_id: UUID) -> _Page:
    """The form of its draft."""
    with reading() as db:
        item = item_for(db, item_id, asker(db))
        version = version_of(db, item, item.draft_id)
    said = version.content
    typed = {
        **{
            name: str(getattr(said, name))
            for name in ("title", "summary", "subject", "stage", "grade", "textbook")
        },
        "keywords": " ".join(said.keywords),
        "licence": said.licence,
        "purpose": said.purpose,
        "seen": str(item.version),
    }
    return _form(typed, item_id=item_id)


@blueprint.post("/<uuid:item_id>/revision")
@MAKERS
def revise(item_id: UUID) -> _Page | Response:
    """Say something else in the draft."""
    own, version = asker(), request.form.get("seen", type=int)

    def work(tx: Transaction) -> None:
        content = content_of(ContentSchema().load(_typed()))
        making.revise_draft(tx, item_id=item_id, content=content, reader=own, seen=version)

    try:
        command(work)
    except (ValidationError, Invalid, Forbidden, Refusal) as error:
        return _form(request.form.to_dict(), item_id=item_id, error=error)
    return redirect(url_for("items.page", item_id=item_id), 303)


@blueprint.get("/<uuid:item_id>/audiences")
@MAKERS
def audiences(item_id: UUID) -> _Page:
    """Whom it is open to, and to whom it could be."""
    return _opening(item_id, {})


@blueprint.post("/<uuid:item_id>/audiences")
@MAKERS
def open_to(item_id: UUID) -> _Page | Response:
    """Open it to others."""
    own = asker()

    def work(tx: Transaction) -> None:
        said = AudienceSchema().load(request.form.to_dict())
        item = making.theirs(tx, item_id, own)
        chosen = audiences_of(
            tx.db,
            said["audience"],
            school_id=item.school_id,
            region_code=item.region_code,
            schools=said["schools"],
        )
        making.open_to(tx, item_id=item_id, audiences=chosen, reader=own)

    try:
        command(work)
    except (ValidationError, Invalid) as error:
        return _opening(item_id, request.form.to_dict(), error=error)
    return redirect(url_for("items.page", item_id=item_id), 303)


@blueprint.post("/<uuid:item_id>/submission")
@MAKERS
def submit(item_id: UUID) -> Response:
    """Ask for publication."""
    own = asker()
    return _done(item_id, lambda tx: making.submit(tx, item_id=item_id, reader=own))


@blueprint.post("/<uuid:item_id>/versions")
@MAKERS
def begin_version(item_id: UUID) -> Response:
    """Begin the next version."""
    own = asker()
    return _done(item_id, lambda tx: making.begin_version(tx, item_id=item_id, reader=own))


@blueprint.post("/<uuid:item_id>/publication")
@_DECIDERS
def publish(item_id: UUID) -> Response:
    """Let its audiences read it."""
    own = asker()
    return _done(item_id, lambda tx: publishing.publish(tx, item_id=item_id, reader=own))


@blueprint.post("/<uuid:item_id>/return")
@_DECIDERS
def send_back(item_id: UUID) -> Response:
    """Ask for changes first."""
    own, reason = asker(), _reason()
    return _done(item_id, lambda tx: publishing.send_back(tx, item_id=item_id, reason=reason, reader=own))


@blueprint.post("/<uuid:item_id>/retirement")
@_DECIDERS
def retire(item_id: UUID) -> Response:
    """Offer it no more."""
    own, reason = asker(), _reason()
    return _done(item_id, lambda tx: publishing.retire(tx, item_id=item_id, reason=reason, reader=own))


@blueprint.get("/<uuid:item_id>/lessons")
@MAKERS
def lesson(item_id: UUID) -> _Page:
    """The form of a lesson that was taught with it."""
    return _lesson(item_id, {})


@blueprint.post("/<uuid:item_id>/lessons")
@MAKERS
def record_lesson(item_id: UUID) -> _Page | Response:
    """Write down a lesson that was taught with it."""
    own = asker()

    def work(tx: Transaction) -> None:
        said = LessonSchema().load({name: value for name, value in request.form.items() if value})
        item = item_for(tx.db, item_id, own)
        taught_with(
            tx,
            item=item,
            day=said["day"],
            grade=said["grade"],
            pupils=said["pupils"],
            remark=said["remark"],
            reader=own,
        )

    try:
        command(work)
    except (ValidationError, Invalid, Refusal) as error:
        return _lesson(item_id, request.form.to_dict(), error=error)
    return redirect(url_for("use.item", item_id=item_id), 303)


def _done(item_id: UUID, work: Callable[[Transaction], object]) -> Response:
    command(work)
    return redirect(url_for("items.page", item_id=item_id), 303)


def _reason() -> str:
    return str(ReasonSchema().load(request.form.to_dict())["reason"])


def _typed() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if value and name != "seen"}


def _said(error: Exception | None, default: str) -> dict[str, Sentence]:
    if isinstance(error, ValidationError):
        return sentences(error)
    return {error.field or default: error.sentence} if isinstance(error, TongxingError) else {}


def _answer(html: str, error: Exception | None) -> _Page:
    return html if error is None else (html, int(getattr(error, "status", 422)))


def _form(typed: dict[str, str], *, item_id: UUID | None = None, error: Exception | None = None) -> _Page:
    with reading() as db:
        schools = [] if item_id else schools_to_make_for(db, asker(db))
        offered = [] if item_id else choices(db, school_id=schools[0].id if len(schools) == 1 else None)
        item = item_for(db, item_id, asker(db)) if item_id else None
    html = render_template(
        "resources/item_form.html",
        typed=typed,
        item=item,
        schools=[(str(each.id), each.name) for each in schools],
        audiences=[each for each in offered if each[0] != "schools"],
        errors=_said(error, "title"),
        KINDS=KINDS,
        STAGES=STAGES,
        LICENCES=LICENCES,
        PURPOSES=PURPOSES,
    )
    return _answer(html, error)


def _opening(item_id: UUID, typed: dict[str, Any], *, error: Exception | None = None) -> _Page:
    with reading() as db:
        item = item_for(db, item_id, asker(db))
        html = render_template(
            "resources/item_audiences.html",
            item=item,
            typed=typed,
            offered=choices(db, school_id=item.school_id),
            now=schools_opened_to(db, item.audiences),
            errors=_said(error, "audience"),
        )
    return _answer(html, error)


def _lesson(item_id: UUID, typed: dict[str, str], *, error: Exception | None = None) -> _Page:
    with reading() as db:
        item = item_for(db, item_id, asker(db))
        html = render_template(
            "resources/item_lesson.html", item=item, typed=typed, errors=_said(error, "day")
        )
    return _answer(html, error)
