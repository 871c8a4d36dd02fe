"""Communities as JSON."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from services.exchange.mentoring.commands import (
    begin_community,
    end_community,
    hold_meeting,
    revise_community,
)
from services.exchange.mentoring.policies import MAY, Plan
from services.exchange.mentoring.queries import Shown, community_of
from services.exchange.mentoring.schemas import (
    CommunitySchema,
    EndSchema,
    MeetingInSchema,
    PlanSchema,
    RevisedSchema,
)
from services.exchange.placements.queries.reaching import Asker, asker_of
from shared.ids import uuid7
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "communities_api", __name__, url_prefix="/exchange/api/v1/communities", description="Mentoring"
)


@blueprint.post("")
@MAY["begin"]
@blueprint.arguments(PlanSchema)
@blueprint.response(201, CommunitySchema)
def begin(plan: Plan) -> Shown:
    """Begin a pair or a community of 1 + 10 + N."""
    id_, who = uuid7(), _asker()
    command(lambda tx: begin_community(tx, id_=id_, plan=plan, asker=who).id)
    return _shown(id_, who)


@blueprint.get("/<uuid:community_id>")
@MAY["see"]
@blueprint.response(200, CommunitySchema)
def one(community_id: UUID) -> Shown:
    """One, with its people and meetings."""
    return _shown(community_id, _asker())


@blueprint.post("/<uuid:community_id>/revision")
@MAY["begin"]
@blueprint.arguments(RevisedSchema)
@blueprint.response(200, CommunitySchema)
def revise(said: dict[str, Any], community_id: UUID) -> Shown:
    """Change its name, days, master or people; 412 with both versions where `seen` is older."""
    who = _asker()
    command(lambda tx: revise_community(tx, community_id=community_id, asker=who, **said).id)
    return _shown(community_id, who)


@blueprint.post("/<uuid:community_id>/meetings")
@MAY["meet"]
@blueprint.arguments(MeetingInSchema)
@blueprint.response(201, CommunitySchema)
def meet(said: dict[str, Any], community_id: UUID) -> Shown:
    """Write a meeting down."""
    id_, who = uuid7(), _asker()
    command(lambda tx: hold_meeting(tx, id_=id_, community_id=community_id, asker=who, **said).id)
    return _shown(community_id, who)


@blueprint.post("/<uuid:community_id>/ending")
@MAY["begin"]
@blueprint.arguments(EndSchema)
@blueprint.response(200, CommunitySchema)
def end(said: dict[str, Any], community_id: UUID) -> Shown:
    """End it, with why."""
    who = _asker()
    command(lambda tx: end_community(tx, community_id=community_id, asker=who, **said).id)
    return _shown(community_id, who)


def _shown(community_id: UUID, who: Asker) -> Shown:
    with reading() as db:
        return community_of(db, community_id, who)


def _asker() -> Asker:
    with reading() as db:
        return asker_of(db, signed_in())
