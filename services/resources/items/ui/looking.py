"""The list of items, and one of them."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from flask import render_template

from services.resources.courses.queries import parts_for
from services.resources.files.queries.attached import files_of
from services.resources.items.commands.reading import looked_at
from services.resources.items.model.item import Item
from services.resources.items.model.words import KINDS, LANGUAGES, LICENCES, PURPOSES, STAGES, STATES
from services.resources.items.queries.listing import (
    Line,
    lines,
    makers_of,
    subjects_of,
    version_of,
    versions_of,
)
from services.resources.items.queries.seeing import (
    Reader,
    item_for,
    may_edit,
    why_theirs,
    why_visible,
)
from services.resources.items.ui.asking import MAKERS, Page, agent, asker, blueprint
from services.resources.ratings.queries import sums_by_version
from services.resources.recordings.queries import recording_of
from services.resources.reviewing.model import RULES
from services.resources.reviewing.queries import may_decide, reviews_of, rule_for
from services.resources.searching.queries import Hit, search
from services.resources.use.model import WORDS
from services.resources.use.queries.counting import sums_of
from shared.auth import SIGNED_IN
from shared.errors import NotFound
from shared.text import Sentence
from shared.web import searching
from shared.web.edge import command, principal, reading, signed_in
from shared.web.errors import wants_json
from shared.web.lists import listing

#: Hits that the search box shows.
_SHOWN = 8

_SORTS = ("published",)
_FILTERS = ("q", "kind", "subject", "stage", "state")


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """What there is, for the reader."""
    wanted = listing(sorts=_SORTS, filters=_FILTERS, default="-published")
    narrow = {name: wanted.get(name) for name in _FILTERS[1:]}
    facets: Mapping[str, Counter[str]] = {}
    places: dict[UUID, Hit] = {}
    more = False
    with reading() as db:
        own = asker(db)
        if wanted.get("q"):
            hits = search(db, own, wanted.get("q"), filters=narrow, offset=wanted.offset, limit=wanted.size)
            found, total, more = [Line(hit.item, hit.version) for hit in hits.hits], hits.total, hits.more
            facets, places = hits.facets, {hit.item.id: hit for hit in hits.hits}
        else:
            found, total = lines(db, own, **narrow, offset=wanted.offset, limit=wanted.size)
        makers = makers_of(db, [line.item.id for line in found])
        sums = sums_of(db, [line.item.id for line in found])
        subjects = sorted(facets["subject"]) if facets else subjects_of(db, own)
    return render_template(
        "resources/items.html",
        wanted=wanted,
        rows=found,
        total=total,
        more=more,
        facets=facets,
        places=places,
        makers=makers,
        sums=sums,
        subjects=subjects,
        KINDS=KINDS,
        STAGES=STAGES,
        STATES=STATES,
        may_make=MAKERS.allows(principal()),
    )


@blueprint.get("/search")
@SIGNED_IN
def hits() -> str:
    """What the search box of every page finds here."""
    words = searching.words()
    with reading() as db:
        found = search(db, asker(db), words, filters={}, limit=_SHOWN + 1).hits if words else []
    return render_template("resources/hits.html", q=words, found=found, SHOWN=_SHOWN, KINDS=KINDS)


@blueprint.get("/<uuid:item_id>")
@SIGNED_IN
def page(item_id: UUID) -> Page:
    """One item, as readers get it; whoever makes it sees its draft beside; who may not see it is told where to ask."""
    try:
        return shown(item_id, None)
    except NotFound as error:
        if wants_json():
            raise
        # Whether there is such an item is not said: the page is the same for any address.
        html = render_template("resources/item_closed.html", item_id=item_id, why=error.sentence)
        return html, int(error.status)


@blueprint.get("/<uuid:item_id>/versions/<uuid:version_id>")
@SIGNED_IN
def version(item_id: UUID, version_id: UUID) -> str:
    """What it said at another time, or what its draft says."""
    return shown(item_id, version_id)


def shown(item_id: UUID, version_id: UUID | None, *, refused: Sentence | None = None) -> str:
    """The page of an item; with what could not be done, if something could not."""
    with reading() as db:
        own = asker(db)
        item = item_for(db, item_id, own)
        makers = makers_of(db, [item.id])[item.id]
        edits = may_edit(own, item, [school for school, _ in makers])
        versions = [each for each in versions_of(db, item.id) if each.published_at is not None or edits]
        chosen = version_of(db, item, version_id)
        if chosen.id not in {each.id for each in versions}:
            chosen = version_of(db, item, item.current_id)
        html = render_template(
            "resources/item.html",
            item=item,
            version=chosen,
            versions=versions,
            makers=makers,
            files=files_of(db, chosen.id),
            sums=sums_of(db, [item.id]).get(item.id, {}),
            lessons=parts_for(db, item.id, own) if item.kind == "course" else [],
            recording=recording_of(db, item.session_id) if item.session_id else None,
            why=why_theirs(own, item, [school for school, _ in makers]),
            who_sees=why_visible(db, item),
            edits=edits,
            decides=may_decide(db, own, item),
            reviews=reviews_of(db, item.id) if edits else [],
            rule=rule_for(db, item.region_code)[0],
            RULES=RULES,
            rated=sums_by_version(db, [chosen.id]).get(chosen.id),
            KINDS=KINDS,
            STAGES=STAGES,
            STATES=STATES,
            LICENCES=LICENCES,
            LANGUAGES=LANGUAGES,
            PURPOSES=PURPOSES,
            WORDS=WORDS,
            refused=refused,
        )
    if version_id is None and refused is None:
        _count(item, own)
    return html


def _count(item: Item, own: Reader) -> None:
    called = agent()
    command(lambda tx: looked_at(tx, item=item, who=str(signed_in().account), agent=called, reader=own))
