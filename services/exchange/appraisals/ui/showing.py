"""The page of an appraisal: what each may do on it, what was said, what it comes to, and of how many."""

from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from services.exchange.appraisals.commands.rating import parties_of
from services.exchange.appraisals.model import GRADES, NAMED, ROLES, STATES
from services.exchange.appraisals.policies import BY, MAY
from services.exchange.appraisals.queries import (
    APPRAISED,
    appealed_until,
    rater_for,
    raters_of,
    said,
    shown_of,
)
from services.exchange.placements.model import KINDS, Placement
from services.exchange.placements.queries.choosing import teachers_of
from services.exchange.placements.queries.reaching import Asker, asker_of, no_such_placement, reaches
from services.exchange.placements.queries.rows import one
from shared.text import Sentence
from shared.web.edge import edge, reading, signed_in
from shared.web.rendering import say

blueprint = Blueprint(
    "appraisals", "services.exchange.appraisals.ui", url_prefix="/exchange", template_folder="../../templates"
)

Page = str | tuple[str, int]

#: The chip of each grade.
CHIPS = {"excellent": "done", "good": "done", "basic": "waiting", "failed": "failed"}


@blueprint.get("/placements/<uuid:placement_id>/appraisal")
@MAY["see"]
def page(placement_id: UUID) -> Page:
    """An appraisal; whoever is asked for a rating alone sees the form of it, and nothing that others said."""
    return shown(placement_id)


def shown(
    placement_id: UUID,
    *,
    errors: dict[str, Sentence] | None = None,
    refused: Sentence | None = None,
    status: int = HTTPStatus.OK,
    typed: dict[str, str] | None = None,
) -> Page:
    """The page; after what was not done with why, and what was typed."""
    with reading() as db:
        who = asker_of(db, signed_in())
        placement = db.get(Placement, placement_id)
        named = raters_of(db, placement_id)
        asked = who.person_id is not None and any(id_ == str(who.person_id) for _, id_ in named)
        mine = placement is not None and _reaches(db, placement.id, who)
        if placement is None or not (mine or asked):
            raise no_such_placement()
        row = one(db, placement)
        found = shown_of(db, placement)
        parties = parties_of(placement, who)
        colleagues = teachers_of(db, placement.host_school_id) if "host" in parties else []
    rater = None if who.person_id == placement.person_id else rater_for(found, named, who, parties)
    state = found.row.state if found.row else "open"
    until = appealed_until(found.row) if found.row else None
    may = {verb for verb, by in BY.items() if not parties.isdisjoint(by)}
    if until is None or edge().runtime.clock() > until:
        may.discard("appeal")
    html = render_template(
        "exchange/appraisal.html",
        row=row,
        found=found,
        appraisal=found.row,
        state=state,
        sees=mine,
        sees_raters=mine and "teacher" not in parties,
        rater=rater,
        rated=next((each.given for each in found.raters if each.rater == rater), None),
        mine_to_rate=[
            each for each in found.form.dimensions if rater and rater.partition(":")[0] in each.roles
        ],
        may=may if placement.state in APPRAISED else set(),
        ready=placement.state in APPRAISED,
        colleagues=[each for each in colleagues if each.id != placement.person_id],
        named_ids={id_ for _, id_ in named},
        named_roles=[role for role in found.form.roles if role in NAMED],
        called={each.rater: say(said(each.rater, each.name, ROLES)) for each in found.raters},
        errors={field: say(sentence) for field, sentence in (errors or {}).items()},
        refused=refused,
        typed=typed or {},
        GRADES=GRADES,
        ROLES=ROLES,
        STATES=STATES,
        CHIPS=CHIPS,
        KINDS=KINDS,
    )
    return html if status == HTTPStatus.OK else (html, status)


def _reaches(db: Session, placement_id: UUID, who: Asker) -> bool:
    """Whether the placement is the reader's to know of."""
    found = sa.select(sa.literal(1)).where(Placement.id == placement_id, reaches(who))
    return db.scalar(found) is not None
