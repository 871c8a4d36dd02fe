"""Pages: the list of sessions, the form of a draft, and the page of one session."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.hosting.model import PLANNERS, may_host, scope_of
from services.scheduling.hosting.queries import RegionRow, called, hosts_offered, known_schools, regions
from services.scheduling.plans.model import KINDS
from services.scheduling.sessions.commands import (
    cancel_session,
    draft_session,
    release_session,
    revise_session,
)
from services.scheduling.sessions.policies import MAY
from services.scheduling.sessions.queries import session_within, sessions_within
from services.scheduling.sessions.schemas import NAMES, FormSchema, ReasonSchema, sentences
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.rendering import ZONE
from shared.web.scopes import narrowed

blueprint = Blueprint("sessions", __name__, url_prefix="/scheduling", template_folder="../templates")

STATES = {
    "draft": ("open", Sentence(zh="草稿", en="Draft")),
    "released": ("done", Sentence(zh="已发布", en="Released")),
    "postponed": ("waiting", Sentence(zh="已延期", en="Postponed")),
    "held": ("done", Sentence(zh="已举行", en="Held")),
    "closed": ("plain", Sentence(zh="已办结", en="Closed")),
    "cancelled": ("failed", Sentence(zh="已取消", en="Cancelled")),
}

#: When sessions usually are: a week ahead, on an afternoon, for three hours.
_AHEAD, _AFTERNOON, _LASTS = timedelta(days=7), time(14, 30), timedelta(hours=3)

#: What a browser's `datetime-local` reads and sends.
_LOCAL = "%Y-%m-%dT%H:%M"

Page = str | tuple[str, int]


@blueprint.get("/")
@MAY["see"]
def index() -> str:
    """The sessions that the regions in the scope in force host; `?state=` keeps those in one state."""
    with reading() as db:
        sessions = sessions_within(db, narrowed(_read()))
    chosen = request.args.get("state", "")
    shown = [session for session in sessions if session.state == chosen] if chosen in STATES else sessions
    counts = {state: sum(session.state == state for session in sessions) for state in STATES}
    return render_template(
        "scheduling/sessions.html",
        sessions=shown,
        chosen=chosen if chosen in STATES else "",
        total=len(sessions),
        counts=counts,
        STATES=STATES,
        KINDS=KINDS,
        may_draft=MAY["draft"].allows(signed_in()),
    )


@blueprint.get("/sessions/new")
@MAY["draft"]
def new() -> Page:
    """The form of a new draft, with the usual hours filled in."""
    start = datetime.combine((edge().runtime.clock().astimezone(ZONE) + _AHEAD).date(), _AFTERNOON)
    typed = {
        "starts_at": f"{start:{_LOCAL}}",
        "ends_at": f"{start + _LASTS:{_LOCAL}}",
        "kind": "joint_research",
    }
    return _form(typed, invited=())


@blueprint.post("/sessions")
@MAY["draft"]
def draft() -> Page | Response:
    """Keep a draft and show it."""
    scopes, id_ = _scopes(), uuid7()
    try:
        asked = FormSchema().load(_sent())
        command(
            lambda tx: draft_session(
                tx, id_=id_, plan=asked.plan, host_region=asked.host_region, scopes=scopes
            )
        )
    except (ValidationError, Invalid, Forbidden) as error:
        return _form_again(error)
    return redirect(url_for("sessions.page", session_id=id_), 303)


@blueprint.get("/sessions/<uuid:session_id>")
@MAY["see"]
def page(session_id: UUID) -> Page:
    """One session: what it is, and what will happen or has happened."""
    return _page(session_id)


@blueprint.get("/sessions/<uuid:session_id>/revision")
@MAY["revise"]
def edit(session_id: UUID) -> Page:
    """The form of a draft that is there."""
    with reading() as db:
        session = session_within(db, session_id, _scopes())
    if session.why_not["revise"]:
        return _page(session_id, refused=session.why_not["revise"])
    typed = {
        "title": session.title,
        "kind": session.kind,
        "starts_at": f"{session.starts_at.astimezone(ZONE):{_LOCAL}}",
        "ends_at": f"{session.ends_at.astimezone(ZONE):{_LOCAL}}",
        "place": session.place,
        "link": session.link,
        "seen": str(session.version),
    }
    return _form(typed, invited=[str(id_) for id_ in session.invited_schools], session_id=session_id)


@blueprint.post("/sessions/<uuid:session_id>/revision")
@MAY["revise"]
def revise(session_id: UUID) -> Page | Response:
    """Plan a draft differently and show it."""
    scopes, seen = _scopes(), _seen()
    try:
        plan = FormSchema().load(_sent()).plan
        command(lambda tx: revise_session(tx, session_id=session_id, plan=plan, scopes=scopes, seen=seen))
    except (ValidationError, Invalid, Refusal) as error:
        return _form_again(error, session_id=session_id)
    return redirect(url_for("sessions.page", session_id=session_id), 303)


@blueprint.post("/sessions/<uuid:session_id>/release")
@MAY["release"]
def release(session_id: UUID) -> Page | Response:
    """Release a draft; its page then says who is told."""
    scopes, seen = _scopes(), _seen()

    def work(tx: Transaction) -> None:
        release_session(tx, session_id=session_id, scopes=scopes, seen=seen)

    try:
        command(work)
    except Refusal as error:
        return _page(session_id, refused=error.sentence)
    return redirect(url_for("sessions.page", session_id=session_id), 303)


@blueprint.post("/sessions/<uuid:session_id>/cancellation")
@MAY["cancel"]
def cancel(session_id: UUID) -> Page | Response:
    """Cancel a released session; its page then says who is told and why."""
    scopes, seen = _scopes(), _seen()
    typed = request.form.get("reason", "")

    def work(tx: Transaction) -> None:
        reason = ReasonSchema().load({"reason": typed})["reason"]
        cancel_session(tx, session_id=session_id, reason=reason, scopes=scopes, seen=seen)

    try:
        command(work)
    except (ValidationError, Invalid) as error:
        return _page(session_id, reason=typed, errors=_errors(error))
    except Refusal as error:
        return _page(session_id, reason=typed, refused=error.sentence)
    return redirect(url_for("sessions.page", session_id=session_id), 303)


def _page(
    session_id: UUID,
    *,
    refused: Sentence | None = None,
    reason: str = "",
    errors: dict[str, Sentence] | None = None,
) -> Page:
    """The page of a session, with why something was refused, if it was."""
    with reading() as db:
        session = session_within(db, session_id, _read())
        invited = known_schools(db, session.invited_schools)
        host = called(session.host_region, regions(db))
    asks = signed_in()
    html = render_template(
        "scheduling/session.html",
        session=session,
        state=STATES[session.state],
        kind=KINDS[session.kind],
        host=host,
        invited=_own_first(invited, [scope_of(session.host_region)]),
        unknown=len(session.invited_schools) - sum(len(region.schools) for region in invited),
        past=session.ends_at <= edge().runtime.clock(),
        may={verb: rule.allows(asks) for verb, rule in MAY.items()},
        refused=refused,
        reason=reason,
        errors=errors or {},
    )
    return (html, 422) if errors else (html, 409) if refused else html


def _form(
    typed: dict[str, str],
    *,
    invited: Sequence[str],
    session_id: UUID | None = None,
    errors: dict[str, Sentence] | None = None,
    refused: Sentence | None = None,
) -> Page:
    """The form with what was typed, for a new draft or, with `session_id`, for one that is there."""
    scopes = _scopes()
    with reading() as db:
        known = regions(db)
        if (
            session_id is not None
        ):  # theirs, or not found; saving again is about the state that is linked here
            typed["seen"] = str(session_within(db, session_id, scopes).version)
    html = render_template(
        "scheduling/draft.html",
        session_id=session_id,
        typed=typed,
        invited=set(invited),
        regions=_own_first(known, scopes),
        hosts=hosts_offered(scopes, known),
        KINDS=KINDS,
        names=NAMES,
        errors=errors or {},
        refused=refused,
    )
    return (html, 422) if errors else (html, 409) if refused else html


def _own_first(known: Sequence[RegionRow], scopes: Collection[str]) -> list[tuple[RegionRow, bool]]:
    """Each region, and whether it lies outside the scopes; those come last."""
    marked = ((region, not may_host(scopes, region.code)) for region in known)
    return sorted(marked, key=lambda each: each[1])


def _form_again(
    error: ValidationError | Invalid | Forbidden | Refusal, *, session_id: UUID | None = None
) -> Page:
    """The form with all that was typed, and why it was not taken."""
    return _form(
        request.form.to_dict(),
        invited=request.form.getlist("invited_schools"),
        session_id=session_id,
        errors={} if isinstance(error, Refusal) else _errors(error),
        refused=error.sentence if isinstance(error, Refusal) else None,
    )


def _errors(error: ValidationError | Invalid | Forbidden) -> dict[str, Sentence]:
    """A sentence for each field."""
    return sentences(error) if isinstance(error, ValidationError) else {error.field or "": error.sentence}


def _sent() -> dict[str, object]:
    return {**request.form.to_dict(), "invited_schools": request.form.getlist("invited_schools")}


def _seen() -> int | None:
    return request.form.get("seen", type=int)


def _scopes() -> frozenset[str]:
    return signed_in().scopes(*PLANNERS)


def _read() -> frozenset[str]:
    return signed_in().reads(*PLANNERS)
