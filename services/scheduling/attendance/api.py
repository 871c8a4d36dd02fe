"""Checking in as JSON: the doors of a session, their lists, and arriving with a code."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from services.scheduling.attendance.commands.arriving import Answer, Self, Shown, come_in
from services.scheduling.attendance.commands.keeping import enter, open_door, shut_door
from services.scheduling.attendance.model import CheckIn
from services.scheduling.attendance.queries import (
    Corrected,
    Line,
    check_in_within,
    doors_of,
    list_at,
    no_such_door,
)
from services.scheduling.attendance.schemas import (
    ArrivalForm,
    AttendanceListSchema,
    DoorForm,
    ShownCorrectionSchema,
    ShownDoorSchema,
    ShownLineSchema,
)
from services.scheduling.hosting.model import PLANNERS, may_host
from services.scheduling.sessions.queries import session_within
from shared.auth import SIGNED_IN, holders, readers
from shared.auth.states import person_of
from shared.db import Transaction
from shared.web.edge import command, edge, reading, signed_in

blueprint = Blueprint(
    "attendance_api", __name__, url_prefix="/scheduling/api/v1", description="Checking in to sessions"
)

_SEE, _KEEP, _HOST = readers(*PLANNERS, "liaison"), holders(*PLANNERS, "liaison"), holders(*PLANNERS)


class VerdictSchema(Schema):
    """What became of a code: `in`, `twice`, `unknown`, `wrong`, `paused` or `closed`; a sentence for the last four."""

    verdict = fields.String()
    sentence = fields.String(allow_none=True)
    state = fields.String(allow_none=True)
    arrived_at = fields.AwareDateTime(allow_none=True)


@blueprint.get("/sessions/<uuid:session_id>/check-ins")
@readers(*PLANNERS)
@blueprint.response(200, ShownDoorSchema(many=True))
def index(session_id: UUID) -> Sequence[CheckIn]:
    """The doors of a session that were opened, by time."""
    with reading() as db:
        session_within(db, session_id, signed_in().reads(*PLANNERS))
        doors = doors_of(db, session_id)
    return [doors[starts_at] for starts_at in sorted(doors)]


@blueprint.post("/sessions/<uuid:session_id>/check-ins")
@_HOST
@blueprint.arguments(DoorForm)
@blueprint.response(201, ShownDoorSchema)
def opened(asked: dict[str, Any], session_id: UUID) -> tuple[CheckIn, int, dict[str, str]]:
    """Let people check in to the occurrence that starts then. 409 where that is so already."""
    own, starts_at = signed_in().scopes(*PLANNERS), asked["starts_at"]
    id_ = command(lambda tx: open_door(tx, session_id=session_id, starts_at=starts_at, scopes=own).id)
    return _door(id_), 201, {"Location": url_for("attendance_api.listed", check_in_id=id_)}


@blueprint.post("/check-ins/<uuid:check_in_id>/shutting")
@_HOST
@blueprint.response(200, ShownDoorSchema)
def shut(check_in_id: UUID) -> CheckIn:
    """Accept no more codes; lists still are."""
    own = signed_in().scopes(*PLANNERS)
    return _door(command(lambda tx: shut_door(tx, check_in_id=check_in_id, scopes=own).id))


@blueprint.get("/check-ins/<uuid:check_in_id>/list")
@_SEE
@blueprint.response(200, ShownLineSchema(many=True))
def listed(check_in_id: UUID) -> Sequence[Line]:
    """Who was expected and what is recorded of them; liaisons read of their own people."""
    return _lines(check_in_id)


@blueprint.post("/check-ins/<uuid:check_in_id>/list")
@_KEEP
@blueprint.arguments(AttendanceListSchema)
@blueprint.response(200, ShownLineSchema(many=True))
def entered(asked: dict[str, Any], check_in_id: UUID) -> Sequence[Line]:
    """Enter or correct who was there; all of it or nothing. Answers the list."""
    asks = signed_in()
    hosts, schools = asks.scopes(*PLANNERS), asks.schools

    def work(tx: Transaction) -> None:
        states = {each["participant_id"]: each["state"] for each in asked["entries"]}
        enter(
            tx, check_in_id=check_in_id, states=states, hosts=hosts, schools=schools, reason=asked["reason"]
        )

    command(work)
    return _lines(check_in_id)


@blueprint.get("/check-ins/<uuid:check_in_id>/list/<uuid:participant_id>/corrections")
@_SEE
@blueprint.response(200, ShownCorrectionSchema(many=True))
def corrections(check_in_id: UUID, participant_id: UUID) -> Sequence[Corrected]:
    """What was changed of somebody, by whom, when and why, the first change first."""
    for line in _lines(check_in_id):
        if line.id == participant_id:
            return list(line.corrections)
    raise no_such_door()


@blueprint.post("/check-ins/<uuid:check_in_id>/arrivals")
@SIGNED_IN
@blueprint.arguments(ArrivalForm)
@blueprint.response(200, VerdictSchema)
def arrived(asked: tuple[Shown, str, str], check_in_id: UUID) -> dict[str, object]:
    """Check in as the person whose account it is, or by name and digits where it is nobody's. A wrong code is no error."""
    shown, name, digits = asked
    asks = signed_in()
    with reading() as db:
        person = person_of(db, asks.account)
    who = (
        Self(who=asks.actor, account=asks.account, person_id=person)
        if person
        else Self(who=asks.actor, account=asks.account, name=name, digits=digits)
    )

    def work(tx: Transaction) -> dict[str, object]:
        return _told(come_in(tx, check_in_id=check_in_id, shown=shown, who=who))

    return edge().runtime.database.run(work, actor=asks.actor, origin=request.remote_addr)


def _told(answer: Answer) -> dict[str, object]:
    there = answer.presence
    return {
        "verdict": answer.verdict,
        "sentence": str(answer.sentence) if answer.sentence else None,
        "state": there.state if there else None,
        "arrived_at": there.arrived_at if there else None,
    }


def _door(check_in_id: UUID) -> CheckIn:
    with reading() as db:
        door, _ = check_in_within(db, check_in_id, hosts=signed_in().scopes(*PLANNERS))
        return door


def _lines(check_in_id: UUID) -> Sequence[Line]:
    asks = signed_in()
    hosts = asks.reads(*PLANNERS)
    with reading() as db:
        door, session = check_in_within(db, check_in_id, hosts=hosts, schools=asks.schools)
        lines = list_at(db, door, session)
    if may_host(hosts, session.host_region):
        return lines
    return [line for line in lines if line.school_id in asks.schools]
