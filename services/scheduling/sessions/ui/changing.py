"""What may be done with a session on its page; where it is refused, the page says why and keeps what was typed."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import redirect, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.sessions.commands import (
    cancel_session,
    close_session,
    hold_session,
    move_session,
    name_leader,
    postpone_session,
    recall_session,
    release_session,
    swap_sessions,
)
from services.scheduling.sessions.policies import MAY
from services.scheduling.sessions.schemas.shapes import HoldingSchema, ReasonSchema
from services.scheduling.sessions.ui.asking import Page, blueprint, errors_of, scopes, seen
from services.scheduling.sessions.ui.showing import shown
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.web.edge import command

Work = Callable[[Transaction], object]


@blueprint.post("/sessions/<uuid:session_id>/release")
@MAY["release"]
def release(session_id: UUID) -> Page | Response:
    """Release a draft; its page then says who is told."""
    own, version, override = scopes(), seen(), request.form.get("override")
    return _do(
        session_id,
        lambda tx: release_session(tx, session_id=session_id, scopes=own, seen=version, override=override),
    )


@blueprint.post("/sessions/<uuid:session_id>/move")
@MAY["revise"]
def move(session_id: UUID) -> Page | Response:
    """Let one of its occurrences begin at another time, as long as before: the way out that was offered."""
    own, version = scopes(), seen()
    number = request.form.get("occurrence", default=0, type=int)
    starts_at = request.form.get("starts_at", type=datetime.fromisoformat)
    return _do(
        session_id,
        lambda tx: move_session(
            tx, session_id=session_id, occurrence=number, starts_at=starts_at, scopes=own, seen=version
        ),
    )


@blueprint.post("/sessions/<uuid:session_id>/swap")
@MAY["revise"]
def swap(session_id: UUID) -> Page | Response:
    """Let it and another session have each other's times and places."""
    own, other = scopes(), request.form.get("other", type=UUID)
    return _do(
        session_id,
        lambda tx: swap_sessions(tx, one_id=session_id, other_id=other or session_id, scopes=own),
    )


@blueprint.post("/sessions/<uuid:session_id>/leaders")
@MAY["revise"]
def choose_leader(session_id: UUID) -> Page | Response:
    """Say who in the directory a name that was only written is; their time is taken from then on."""
    own, version = scopes(), seen()
    name, person_id = request.form.get("name", ""), request.form.get("person_id", type=UUID)
    return _do(
        session_id,
        lambda tx: name_leader(
            tx, session_id=session_id, name=name, person_id=person_id, scopes=own, seen=version
        ),
    )


@blueprint.post("/sessions/<uuid:session_id>/postponement")
@MAY["postpone"]
def postpone(session_id: UUID) -> Page | Response:
    """Put a released session off; its page then says who is told and why."""
    own, version, reason = scopes(), seen(), request.form.get("reason", "")

    def work(tx: Transaction) -> None:
        postpone_session(tx, session_id=session_id, reason=_reason(reason), scopes=own, seen=version)

    return _do(session_id, work, postponing=reason)


@blueprint.post("/sessions/<uuid:session_id>/cancellation")
@MAY["cancel"]
def cancel(session_id: UUID) -> Page | Response:
    """Cancel a released session; its page then says who is told and why."""
    own, version, reason = scopes(), seen(), request.form.get("reason", "")

    def work(tx: Transaction) -> None:
        cancel_session(tx, session_id=session_id, reason=_reason(reason), scopes=own, seen=version)

    return _do(session_id, work, cancelling=reason)


@blueprint.post("/sessions/<uuid:session_id>/recall")
@MAY["recall"]
def recall(session_id: UUID) -> Page | Response:
    """Make it a draft again, which it should have stayed; its page then says who is told and why."""
    own, version, reason = scopes(), seen(), request.form.get("reason", "")

    def work(tx: Transaction) -> None:
        recall_session(tx, session_id=session_id, reason=_reason(reason), scopes=own, seen=version)

    return _do(session_id, work, recalling=reason)


@blueprint.post("/sessions/<uuid:session_id>/holding")
@MAY["hold"]
def hold(session_id: UUID) -> Page | Response:
    """Say that it has taken place, and where it can be watched."""
    own, version, typed = scopes(), seen(), request.form.get("recording", "")

    def work(tx: Transaction) -> None:
        recording: str = HoldingSchema().load({"recording": typed})["recording"]
        hold_session(tx, session_id=session_id, recording=recording, scopes=own, seen=version)

    return _do(session_id, work, recording=typed)


@blueprint.post("/sessions/<uuid:session_id>/closing")
@MAY["close"]
def close(session_id: UUID) -> Page | Response:
    """Say that all that follows it is done."""
    own, version = scopes(), seen()
    return _do(session_id, lambda tx: close_session(tx, session_id=session_id, scopes=own, seen=version))


def _do(session_id: UUID, work: Work, **typed: str) -> Page | Response:
    """Do it and show the session; where it is refused, the session with why, and what was typed."""
    try:
        command(work)
    except (ValidationError, Invalid) as error:
        return shown(session_id, errors=errors_of(error), typed=typed)
    except Refusal as error:
        return shown(session_id, refused=error, typed=typed)
    return redirect(url_for("sessions.page", session_id=session_id), 303)


def _reason(typed: str) -> str:
    reason: str = ReasonSchema().load({"reason": typed})["reason"]
    return reason
