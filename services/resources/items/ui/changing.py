"""Forms and buttons of whoever makes an item, or decides on it."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.resources.items.commands import making
from services.resources.items.model.item import Content
from services.resources.items.model.words import KINDS, LANGUAGES, LICENCES, PURPOSES, STAGES
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
    content_of,
)
from services.resources.items.ui.asking import MAKERS, Page, answered, asker, blueprint, said_of
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal, Stale
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, reading
from shared.web.rendering import say


@blueprint.get("/new")
@MAKERS
def new() -> Page:
    """The form of a new item."""
    return _form({"audience": "region"})


@blueprint.post("")
@MAKERS
def enter() -> Page | Response:
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
def edit(item_id: UUID) -> Page:
    """The form of its draft."""
    with reading() as db:
        item = item_for(db, item_id, asker(db))
        version = version_of(db, item, item.draft_id)
    return _form({**_written(version.content), "seen": str(item.version)}, item_id=item_id)


@blueprint.post("/<uuid:item_id>/revision")
@MAKERS
def revise(item_id: UUID) -> Page | Response:
    """Say something else in the draft."""
    own, version = asker(), request.form.get("seen", type=int)

    def work(tx: Transaction) -> None:
        content = content_of(ContentSchema().load(_typed()))
        making.revise_draft(tx, item_id=item_id, content=content, reader=own, seen=version)

    try:
        command(work)
    except Stale as error:
        # What was typed stays and may be sent again, beside what others have written meanwhile.
        typed = {**request.form.to_dict(), "seen": str(error.now)}
        return _form(typed, item_id=item_id, error=error, meanwhile=_meanwhile(item_id, typed))
    except (ValidationError, Invalid, Forbidden, Refusal) as error:
        return _form(request.form.to_dict(), item_id=item_id, error=error)
    return redirect(url_for("items.page", item_id=item_id), 303)


@blueprint.get("/<uuid:item_id>/audiences")
@MAKERS
def audiences(item_id: UUID) -> Page:
    """Whom it is open to, and to whom it could be."""
    return _opening(item_id, {})


@blueprint.post("/<uuid:item_id>/audiences")
@MAKERS
def open_to(item_id: UUID) -> Page | Response:
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


def _typed() -> dict[str, str]:
    return {
        name: value for name, value in request.form.items() if (value or name == "title") and name != "seen"
    }


def _written(said: Content) -> dict[str, str]:
    """What a version says, as its form has it."""
    names = ("title", "summary", "subject", "stage", "grade", "textbook", "language", "licence", "purpose")
    return {
        **{name: str(getattr(said, name)) for name in names},
        "keywords": " ".join(said.keywords),
        "people": "、".join(said.people),
    }


def _meanwhile(item_id: UUID, typed: dict[str, str]) -> dict[str, str]:
    """What the draft says now, where that is not what was typed."""
    with reading() as db:
        item = item_for(db, item_id, asker(db))
        now = _written(version_of(db, item, item.draft_id).content)
    words = {"stage": STAGES, "language": LANGUAGES, "licence": LICENCES, "purpose": PURPOSES}
    return {
        name: say(words[name][value]) if name in words and value in words[name] else value
        for name, value in now.items()
        if value.split() != typed.get(name, "").split()
    }


def _form(
    typed: dict[str, str],
    *,
    item_id: UUID | None = None,
    error: Exception | None = None,
    meanwhile: dict[str, str] | None = None,
) -> Page:
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
        errors={} if isinstance(error, Stale) else said_of(error, "title"),
        stale=error.sentence if isinstance(error, Stale) else None,
        meanwhile=meanwhile or {},
        KINDS=KINDS,
        STAGES=STAGES,
        LANGUAGES=LANGUAGES,
        LICENCES=LICENCES,
        PURPOSES=PURPOSES,
    )
    return answered(html, error)


def _opening(item_id: UUID, typed: dict[str, Any], *, error: Exception | None = None) -> Page:
    with reading() as db:
        item = item_for(db, item_id, asker(db))
        html = render_template(
            "resources/item_audiences.html",
            item=item,
            typed=typed,
            offered=choices(db, school_id=item.school_id),
            now=schools_opened_to(db, item.audiences),
            errors=said_of(error, "audience"),
        )
    return answered(html, error)
