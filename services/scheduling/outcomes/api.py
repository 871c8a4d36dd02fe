"""Outcomes as JSON."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from services.scheduling.hosting.model import PLANNERS
from services.scheduling.outcomes.commands import accept, hand_back, hand_in
from services.scheduling.outcomes.policies import MAY
from services.scheduling.outcomes.queries import Asking, OutcomeRow, outcome_of, outcomes_of
from services.scheduling.outcomes.schemas import AcceptanceSchema, HandInSchema, OutcomeSchema, ReturnSchema
from shared.auth.states import person_of
from shared.db import Transaction
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "outcomes_api",
    __name__,
    url_prefix="/scheduling/api/v1/programmes/<uuid:programme_id>/outcomes",
    description="What trainees hand in",
)


@blueprint.get("")
@MAY["see"]
@blueprint.response(200, OutcomeSchema(many=True))
def index(programme_id: UUID) -> list[OutcomeRow]:
    """What the roster has handed in; liaisons read of their own people."""
    with reading() as db:
        return outcomes_of(db, programme_id, _asking(reading_too=True))


@blueprint.put("/<uuid:trainee_id>")
@MAY["hand_in"]
@blueprint.arguments(HandInSchema)
@blueprint.response(200, OutcomeSchema)
def give(asked: dict[str, Any], programme_id: UUID, trainee_id: UUID) -> OutcomeRow:
    """Hand in, or replace what was handed in; 412 where `seen` is no longer the version."""
    asks = _asking()

    def work(tx: Transaction) -> OutcomeRow:
        hand_in(tx, programme_id=programme_id, trainee_id=trainee_id, asks=asks, **asked)
        tx.db.flush()  # the answer is read anew
        return outcome_of(tx.db, programme_id, trainee_id, asks)

    return command(work)


@blueprint.post("/acceptance")
@MAY["judge"]
@blueprint.arguments(AcceptanceSchema)
@blueprint.response(200, OutcomeSchema(many=True))
def acceptance(asked: dict[str, list[UUID]], programme_id: UUID) -> list[OutcomeRow]:
    """Accept what these have handed in; all of it or nothing. Answers the whole roster."""
    asks = _asking()

    def work(tx: Transaction) -> list[OutcomeRow]:
        accept(tx, programme_id=programme_id, trainees=asked["trainees"], scopes=asks.scopes)
        tx.db.flush()  # the answer is read anew
        return outcomes_of(tx.db, programme_id, asks)

    return command(work)


@blueprint.post("/<uuid:trainee_id>/return")
@MAY["judge"]
@blueprint.arguments(ReturnSchema)
@blueprint.response(200, OutcomeSchema)
def giving_back(asked: dict[str, str], programme_id: UUID, trainee_id: UUID) -> OutcomeRow:
    """Hand it back, and say what is to be improved."""
    asks = _asking()

    def work(tx: Transaction) -> OutcomeRow:
        hand_back(
            tx,
            programme_id=programme_id,
            trainee_id=trainee_id,
            reason=asked["reason"],
            scopes=asks.scopes,
        )
        tx.db.flush()  # the answer is read anew
        return outcome_of(tx.db, programme_id, trainee_id, asks)

    return command(work)


def _asking(*, reading_too: bool = False) -> Asking:
    asks = signed_in()
    with reading() as db:
        person = person_of(db, asks.account)
    scopes = asks.reads(*PLANNERS) if reading_too else asks.scopes(*PLANNERS)
    return Asking(scopes=scopes, schools=asks.schools, person_id=person)
