"""Sessions as JSON."""

from typing import Any
from uuid import UUID

from flask import url_for
from flask_smorest import Blueprint

from services.scheduling.hosting.model import PLANNERS
from services.scheduling.plans.model import Plan
from services.scheduling.sessions.commands import (
    cancel_session,
    close_session,
    draft_session,
    hold_session,
    postpone_session,
    recall_session,
    release_session,
    revise_session,
    swap_sessions,
)
from services.scheduling.sessions.policies import MAY
from services.scheduling.sessions.queries import SessionRow, row_of, session_within, sessions_within
from services.scheduling.sessions.schemas.shapes import (
    Draft,
    DraftSchema,
    HoldingSchema,
    OverrideSchema,
    PlanSchema,
    ReasonSchema,
    SessionSchema,
    SwapSchema,
)
from shared.db import Transaction
from shared.ids import uuid7
from shared.web.edge import command, reading, signed_in
from shared.web.preconditions import etag, seen

blueprint = Blueprint(
    "sessions_api", __name__, url_prefix="/scheduling/api/v1/sessions", description="Joint sessions"
)


@blueprint.get("")
@MAY["see"]
@blueprint.response(200, SessionSchema(many=True))
def index() -> list[SessionRow]:
    """The sessions that the reader's regions host."""
    with reading() as db:
        return sessions_within(db, _read())


@blueprint.post("")
@MAY["draft"]
@blueprint.arguments(DraftSchema)
@blueprint.response(201, SessionSchema)
def draft(asked: Draft) -> tuple[SessionRow, int, dict[str, str]]:
    """Keep a draft; nobody is told."""
    scopes, id_ = _scopes(), uuid7()
    made = command(
        lambda tx: row_of(
            draft_session(
                tx,
                id_=id_,
                plan=asked.plan,
                host_region=asked.host_region,
                scopes=scopes,
                programme_id=asked.programme_id,
                ordinal=asked.ordinal,
            )
        )
    )
    return made, 201, {"Location": url_for("sessions_api.one", session_id=made.id)}


@blueprint.get("/<uuid:session_id>")
@MAY["see"]
@blueprint.response(200, SessionSchema)
def one(session_id: UUID) -> tuple[SessionRow, int, dict[str, str]]:
    """One session; its ETag is its version, which a change may name in If-Match."""
    with reading() as db:
        found = session_within(db, session_id, _read())
    return found, 200, etag(found.version)


@blueprint.put("/<uuid:session_id>")
@MAY["revise"]
@blueprint.arguments(PlanSchema)
@blueprint.response(200, SessionSchema)
def revise(plan: Plan, session_id: UUID) -> SessionRow:
    """Plan it differently; of a released session the schools are told what changed."""
    scopes, version = _scopes(), seen()
    return command(
        lambda tx: row_of(revise_session(tx, session_id=session_id, plan=plan, scopes=scopes, seen=version))
    )


@blueprint.post("/<uuid:session_id>/release")
@MAY["release"]
@blueprint.arguments(OverrideSchema)
@blueprint.response(200, SessionSchema)
def release(asked: dict[str, str | None], session_id: UUID) -> SessionRow:
    """Release a draft: the invited schools are told. 409 with `conflicts` and `offers` where others have what it needs."""
    scopes, version, override = _scopes(), seen(), asked["override"]
    return command(
        lambda tx: row_of(
            release_session(tx, session_id=session_id, scopes=scopes, override=override, seen=version)
        )
    )


@blueprint.post("/<uuid:session_id>/swap")
@MAY["revise"]
@blueprint.arguments(SwapSchema)
@blueprint.response(200, SessionSchema(many=True))
def swap(asked: dict[str, Any], session_id: UUID) -> list[SessionRow]:
    """Let it and another session have each other's times and places."""
    scopes = _scopes()

    def work(tx: Transaction) -> list[SessionRow]:
        both = swap_sessions(
            tx, one_id=session_id, other_id=asked["other"], scopes=scopes, override=asked["override"]
        )
        return [row_of(session) for session in both]

    return command(work)


@blueprint.post("/<uuid:session_id>/postponement")
@MAY["postpone"]
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, SessionSchema)
def postpone(asked: dict[str, str], session_id: UUID) -> SessionRow:
    """Put a released session off: the invited schools are told why. A revision brings it back."""
    scopes, version, reason = _scopes(), seen(), asked["reason"]
    return command(
        lambda tx: row_of(
            postpone_session(tx, session_id=session_id, reason=reason, scopes=scopes, seen=version)
        )
    )


@blueprint.post("/<uuid:session_id>/cancellation")
@MAY["cancel"]
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, SessionSchema)
def cancel(asked: dict[str, str], session_id: UUID) -> SessionRow:
    """Cancel a released session: the invited schools are told why."""
    scopes, version, reason = _scopes(), seen(), asked["reason"]
    return command(
        lambda tx: row_of(
            cancel_session(tx, session_id=session_id, reason=reason, scopes=scopes, seen=version)
        )
    )


@blueprint.post("/<uuid:session_id>/recall")
@MAY["recall"]
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, SessionSchema)
def recall(asked: dict[str, str], session_id: UUID) -> SessionRow:
    """Make what was released by mistake a draft again: the invited schools are told why."""
    scopes, version, reason = _scopes(), seen(), asked["reason"]
    return command(
        lambda tx: row_of(
            recall_session(tx, session_id=session_id, reason=reason, scopes=scopes, seen=version)
        )
    )


@blueprint.post("/<uuid:session_id>/holding")
@MAY["hold"]
@blueprint.arguments(HoldingSchema)
@blueprint.response(200, SessionSchema)
def hold(asked: dict[str, str], session_id: UUID) -> SessionRow:
    """Say that it has taken place, and where it can be watched."""
    scopes, version, recording = _scopes(), seen(), asked["recording"]
    return command(
        lambda tx: row_of(
            hold_session(tx, session_id=session_id, recording=recording, scopes=scopes, seen=version)
        )
    )


@blueprint.post("/<uuid:session_id>/closing")
@MAY["close"]
@blueprint.response(200, SessionSchema)
def close(session_id: UUID) -> SessionRow:
    """Say that all that follows it is done."""
    scopes, version = _scopes(), seen()
    return command(lambda tx: row_of(close_session(tx, session_id=session_id, scopes=scopes, seen=version)))


def _scopes() -> frozenset[str]:
    return signed_in().scopes(*PLANNERS)


def _read() -> frozenset[str]:
    return signed_in().reads(*PLANNERS)
