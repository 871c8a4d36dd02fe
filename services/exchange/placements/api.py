"""Placements as JSON."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_smorest import Blueprint

from services.exchange.placements.commands import propose_pair, propose_placement, take_step
from services.exchange.placements.policies import MAY, Asker
from services.exchange.placements.queries.listing import Found, Wanted, listed
from services.exchange.placements.queries.reaching import asker_of, reached
from services.exchange.placements.queries.rows import PlacementRow, one
from services.exchange.placements.schemas import (
    PlacementPageSchema,
    PlacementSchema,
    Proposal,
    ProposalSchema,
    StepSchema,
)
from shared.errors import Invalid
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "placements_api", __name__, url_prefix="/exchange/api/v1/placements", description="Placements"
)

#: Rows of one answer; the furthest that one can turn.
_MOST, _FURTHEST = 200, 10**9


@blueprint.get("")
@MAY["see"]
@blueprint.response(200, PlacementPageSchema)
def index() -> dict[str, Any]:
    """The latest placements that concern the reader; `?state=` and `?offset=` narrow and turn."""
    offset = request.args.get("offset", default=0, type=int)
    if not 0 <= offset <= _FURTHEST:
        raise Invalid(
            Sentence(zh="offset 在 0 和 10 亿之间。", en="offset is from 0 to 10^9."), field="offset"
        )
    with reading() as db:
        found: Found = listed(
            db, _asker(), Wanted(state=request.args.get("state", "")), offset=offset, limit=_MOST
        )
    return {"placements": found.rows, "total": found.total}


@blueprint.post("")
@MAY["propose"]
@blueprint.arguments(ProposalSchema)
@blueprint.response(201, PlacementSchema)
def propose(asked: Proposal) -> tuple[PlacementRow, int, dict[str, str]]:
    """Propose a placement, or with `other_person_id` a pair; the answer is the first of the two."""
    who, ids = _asker(), (uuid7(), uuid7())
    if asked.other_person_id:
        command(lambda tx: propose_pair(tx, ids=ids, plans=(asked.plan, asked.back), asker=who)[0].id)
    else:
        command(lambda tx: propose_placement(tx, id_=ids[0], plan=asked.plan, asker=who).id)
    return _now(ids[0], who), 201, {"Location": url_for("placements_api.one_", placement_id=ids[0])}


@blueprint.get("/<uuid:placement_id>")
@MAY["see"]
@blueprint.response(200, PlacementSchema)
def one_(placement_id: UUID) -> tuple[PlacementRow, int, dict[str, str]]:
    """One placement; its ETag is its version."""
    found = _now(placement_id, _asker())
    return found, 200, {"ETag": f'"{found.version}"'}


@blueprint.post("/<uuid:placement_id>/steps")
@MAY["step"]
@blueprint.arguments(StepSchema)
@blueprint.response(200, PlacementSchema)
def step(asked: dict[str, Any], placement_id: UUID) -> PlacementRow:
    """Lead it on. 409 with what is possible where the state forbids it, 412 with both versions where `seen` is older."""
    who = _asker()
    command(lambda tx: take_step(tx, placement_id=placement_id, asker=who, **asked).id)
    return _now(placement_id, who)


def _now(placement_id: UUID, who: Asker) -> PlacementRow:
    with reading() as db:
        return one(db, reached(db, placement_id, who))


def _asker() -> Asker:
    with reading() as db:
        return asker_of(db, signed_in())
