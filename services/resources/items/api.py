"""Items as JSON: what the reader sees, and all that is done with one. Its ETag is its version, which a change may name in If-Match."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_smorest import Blueprint

from services.resources.items.commands import making, publishing
from services.resources.items.model.item import Item
from services.resources.items.queries.listing import (
    Line,
    lines,
    makers_of,
    region_of_school,
    schools_to_make_for,
    version_of,
)
from services.resources.items.queries.opening import audiences_of
from services.resources.items.queries.seeing import Reader, item_for, may_edit, reader_of
from services.resources.items.schemas import (
    AudienceSchema,
    ContentSchema,
    ItemSchema,
    ItemShownSchema,
    ReasonSchema,
    content_of,
)
from services.resources.searching.queries import search
from shared.auth import SIGNED_IN, holders
from shared.db import Transaction
from shared.errors import Forbidden
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.preconditions import etag, seen

blueprint = Blueprint(
    "items_api", __name__, url_prefix="/resources/api/v1/items", description="To teach with"
)

_MAKERS = holders("administrator", "coordinator", "liaison", "teacher")
_DECIDERS = holders("administrator", "coordinator", "liaison")
_FILTERS = ("kind", "subject", "stage", "state")
_MOST = 100
_Now = tuple[dict[str, Any], int, dict[str, str]]


@blueprint.get("")
@SIGNED_IN
@blueprint.response(200, ItemShownSchema(many=True))
def index() -> tuple[list[dict[str, Any]], int, dict[str, str]]:
    """What the reader may see, a hundred at a time from `?offset=`; `?q=` searches, `?kind=&subject=&stage=&state=` narrow.

    The header X-Total-Count says how many there are in all, as far as they are counted.
    """
    wanted: dict[str, Any] = {name: request.args.get(name, "")[:64] for name in _FILTERS}
    words = request.args.get("q", "")[:64].strip()
    offset = min(max(request.args.get("offset", 0, type=int), 0), 10_000)
    with reading() as db:
        own = reader_of(db, signed_in())
        if words:
            hits = search(db, own, words, filters=wanted, offset=offset, limit=_MOST)
            found, total = [Line(hit.item, hit.version) for hit in hits.hits], hits.total
        else:
            found, total = lines(db, own, **wanted, offset=offset, limit=_MOST)
        makers = makers_of(db, [line.item.id for line in found])
        shown = [_shown(line, makers[line.item.id]) for line in found]
    return shown, 200, {"X-Total-Count": str(total)}


@blueprint.get("/<uuid:item_id>")
@SIGNED_IN
@blueprint.response(200, ItemShownSchema)
def one(item_id: UUID) -> _Now:
    """One of them, as readers get it; `?version=ID` reads another."""
    return _now(item_id, request.args.get("version", type=UUID))


@blueprint.post("")
@_MAKERS
@blueprint.arguments(ItemSchema)
@blueprint.response(201, ItemShownSchema)
def enter(asked: dict[str, Any]) -> _Now:
    """A draft in the name of a school of the reader's."""
    asks, id_, school_id = signed_in(), uuid7(), asked["school_id"]

    def work(tx: Transaction) -> UUID:
        own = reader_of(tx.db, asks)
        region = region_of_school(tx.db, school_id)
        if region is None or school_id not in {each.id for each in schools_to_make_for(tx.db, own)}:
            raise Forbidden(
                Sentence(zh="请选择你所在的学校。", en="Choose a school of yours."), field="school_id"
            )
        audiences = audiences_of(tx.db, asked["audience"], school_id=school_id, region_code=region)
        item, _ = making.draft_item(
            tx,
            id_=id_,
            kind=asked["kind"],
            content=content_of(asked),
            school_id=school_id,
            region_code=region,
            audiences=audiences,
        )
        return item.id

    command(work)
    found, _, headers = _now(id_)
    return found, 201, {**headers, "Location": url_for("items_api.one", item_id=id_)}


@blueprint.put("/<uuid:item_id>/draft")
@_MAKERS
@blueprint.arguments(ContentSchema)
@blueprint.response(200, ItemShownSchema)
def revise(asked: dict[str, Any], item_id: UUID) -> _Now:
    """Say something else in the draft."""
    version = seen()
    return _did(
        item_id,
        lambda tx, own: making.revise_draft(
            tx, item_id=item_id, content=content_of(asked), reader=own, seen=version
        ),
        draft=True,
    )


@blueprint.put("/<uuid:item_id>/audiences")
@_MAKERS
@blueprint.arguments(AudienceSchema)
@blueprint.response(200, ItemShownSchema)
def open_to(asked: dict[str, str], item_id: UUID) -> _Now:
    """Open it to others."""

    def work(tx: Transaction, own: Reader) -> Item:
        item = making.theirs(tx, item_id, own, seen=seen())
        chosen = audiences_of(
            tx.db,
            asked["audience"],
            school_id=item.school_id,
            region_code=item.region_code,
            schools=asked["schools"],
        )
        return making.open_to(tx, item_id=item_id, audiences=chosen, reader=own)

    return _did(item_id, work)


@blueprint.post("/<uuid:item_id>/submission")
@_MAKERS
@blueprint.response(200, ItemShownSchema)
def submit(item_id: UUID) -> _Now:
    """Ask for publication."""
    return _did(item_id, lambda tx, own: making.submit(tx, item_id=item_id, reader=own))


@blueprint.post("/<uuid:item_id>/versions")
@_MAKERS
@blueprint.response(200, ItemShownSchema)
def begin_version(item_id: UUID) -> _Now:
    """Begin the next version as a copy of the published one; answers the draft."""
    return _did(item_id, lambda tx, own: making.begin_version(tx, item_id=item_id, reader=own), draft=True)


@blueprint.post("/<uuid:item_id>/publication")
@_DECIDERS
@blueprint.response(200, ItemShownSchema)
def publish(item_id: UUID) -> _Now:
    """Let its audiences read it."""
    return _did(item_id, lambda tx, own: publishing.publish(tx, item_id=item_id, reader=own))


@blueprint.post("/<uuid:item_id>/return")
@_DECIDERS
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, ItemShownSchema)
def send_back(asked: dict[str, str], item_id: UUID) -> _Now:
    """Ask for changes first."""
    return _did(item_id, lambda tx, own: publishing.send_back(tx, item_id=item_id, reader=own, **asked))


@blueprint.post("/<uuid:item_id>/retirement")
@_DECIDERS
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, ItemShownSchema)
def retire(asked: dict[str, str], item_id: UUID) -> _Now:
    """Offer it no more."""
    return _did(item_id, lambda tx, own: publishing.retire(tx, item_id=item_id, reader=own, **asked))


def _did(item_id: UUID, work: Callable[[Transaction, Reader], object], *, draft: bool = False) -> _Now:
    asks = signed_in()
    command(lambda tx: work(tx, reader_of(tx.db, asks)))
    with reading() as db:
        version = item_for(db, item_id, reader_of(db, asks)).draft_id if draft else None
    return _now(item_id, version)


def _now(item_id: UUID, version_id: UUID | None = None) -> _Now:
    with reading() as db:
        own = reader_of(db, signed_in())
        item = item_for(db, item_id, own)
        makers = makers_of(db, [item_id])[item_id]
        version = version_of(db, item, version_id)
        if version.published_at is None and not may_edit(own, item, [school for school, _ in makers]):
            version = version_of(db, item, None)
        return _shown(Line(item, version), makers), 200, etag(item.version)


def _shown(line: Line, makers: list[tuple[UUID, str]]) -> dict[str, Any]:
    item, said = line.item, line.version
    return {
        **{
            name: getattr(item, name)
            for name in (
                "id",
                "kind",
                "state",
                "region_code",
                "audiences",
                "current_id",
                "draft_id",
                "reason",
            )
        },
        "version": item.version,
        "version_id": said.id,
        "index": said.index,
        "makers": [{"id": school, "name": name} for school, name in makers],
        **{
            name: getattr(said, name)
            for name in (
                "title",
                "summary",
                "subject",
                "stage",
                "grade",
                "textbook",
                "keywords",
                "people",
                "language",
            )
        },
        **{name: getattr(said, name) for name in ("licence", "purpose", "published_at")},
    }
