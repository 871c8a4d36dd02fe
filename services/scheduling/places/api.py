"""What schools answer, and whom they name, as JSON."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from services.scheduling.hosting.model import PLANNERS
from services.scheduling.invitations.model.subjects import Asker
from services.scheduling.places.commands.naming import decline, name_people, withdraw_place
from services.scheduling.places.policies.rights import MAY
from services.scheduling.places.queries.reading import answer_seen, asked_of
from services.scheduling.places.queries.rows import AnswerRow
from services.scheduling.places.schemas import AskedSchema, DecliningSchema, NamingSchema, SchoolAnswerSchema
from shared.db import Transaction
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "places_api",
    __name__,
    url_prefix="/scheduling/api/v1/answers",
    description="What schools answer to invitations, and whom they name",
)


@blueprint.get("")
@MAY["list"]
@blueprint.response(200, SchoolAnswerSchema(many=True))
def index() -> list[AnswerRow]:
    """What the reader's schools are asked to take part in."""
    with reading() as db:
        return asked_of(db, signed_in().schools)[0]


@blueprint.get("/<uuid:answer_id>")
@MAY["see"]
@blueprint.response(200, AskedSchema)
def one(answer_id: UUID) -> dict[str, object]:
    """What a school is asked, and whom it has named."""
    return _shown(answer_id)


@blueprint.post("/<uuid:answer_id>/people")
@MAY["take_part"]
@blueprint.arguments(NamingSchema)
@blueprint.response(201, AskedSchema)
def name(asked: dict[str, Any], answer_id: UUID) -> dict[str, object]:
    """Name people; for whom there is no place, wait in order. 409 with `possible` after the deadline."""
    own = _asker()
    return _do(
        answer_id,
        lambda tx: name_people(
            tx, answer_id=answer_id, person_ids=asked["people"], override=asked["override"], asker=own
        ),
    )


@blueprint.post("/<uuid:answer_id>/refusal")
@MAY["take_part"]
@blueprint.arguments(DecliningSchema)
@blueprint.response(200, AskedSchema)
def refuse(asked: dict[str, str], answer_id: UUID) -> dict[str, object]:
    """Say that nobody comes, and why."""
    own = _asker()
    return _do(answer_id, lambda tx: decline(tx, answer_id=answer_id, asker=own, **asked))


@blueprint.post("/<uuid:answer_id>/people/<uuid:place_id>/withdrawal")
@MAY["take_part"]
@blueprint.response(200, AskedSchema)
def withdraw(answer_id: UUID, place_id: UUID) -> dict[str, object]:
    """Take somebody back; the next in order come in by themselves."""
    own = _asker()
    return _do(answer_id, lambda tx: withdraw_place(tx, place_id=place_id, asker=own))


def _do(answer_id: UUID, work: Callable[[Transaction], object]) -> dict[str, object]:
    def done(tx: Transaction) -> None:
        work(tx)

    command(done)
    return _shown(answer_id)


def _shown(answer_id: UUID) -> dict[str, object]:
    asks = signed_in()
    asker = Asker(scopes=asks.reads(*PLANNERS), schools=asks.schools)
    with reading() as db:
        row, invitation, subject, deadline, people = answer_seen(db, answer_id, asker)
    return {
        "answer": row,
        "title": subject.title,
        "starts_at": subject.starts_at,
        "ends_at": subject.ends_at,
        "deadline": deadline,
        "school_places": invitation.school_places,
        "people": people,
    }


def _asker() -> Asker:
    asks = signed_in()
    return Asker(scopes=asks.scopes(*PLANNERS), schools=asks.schools)
