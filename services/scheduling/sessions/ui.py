"""Pages: the list of sessions, the form of a session, and the page of one with all that may be done with it."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from services.scheduling.claims.model import Taken, sentence_of
from services.scheduling.claims.queries import conflicts_of, offers_of
from services.scheduling.hosting.model import PLANNERS, may_host, scope_of
from services.scheduling.hosting.queries import RegionRow, called, hosts_offered, known_schools, regions
from services.scheduling.plans.model import KINDS, ROLES, ZONE
from services.scheduling.programmes.queries import ProgrammeRow, programme_within
from services.scheduling.sessions.commands import (
    cancel_session,
    close_session,
    draft_session,
    hold_session,
    move_session,
    name_leader,
    postpone_session,
    release_session,
    revise_session,
    swap_sessions,
)
from services.scheduling.sessions.policies import MAY
from services.scheduling.sessions.queries import SessionRow, people_called, session_within, sessions_within
from services.scheduling.sessions.schemas import LOCAL, NAMES, ReasonSchema, asked_by, rows_of
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.scopes import narrowed
from shared.web.spoken import sentences

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

Page = str | tuple[str, int]
Work = Callable[[Transaction], object]


@blueprint.get("/")
@MAY["see"]
def index() -> str:
    """The sessions by themselves that the reader's regions host; `?state=` keeps those in one state."""
    with reading() as db:
        sessions = sessions_within(db, narrowed(_read()), alone=True)
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
    """The form of a new draft, with the usual hours filled in; `?programme=` makes it part of one, `?on=` says the day."""
    start = datetime.combine((edge().runtime.clock().astimezone(ZONE) + _AHEAD).date(), _AFTERNOON)
    with suppress(ValueError):  # no day was said, or none that there is
        start = datetime.combine(datetime.fromisoformat(request.args.get("on", "")).date(), _AFTERNOON)
    typed = {
        "starts_at": f"{start:{LOCAL}}",
        "ends_at": f"{start + _LASTS:{LOCAL}}",
        "kind": "joint_research",
        "programme_id": request.args.get("programme", ""),
    }
    return _form(MultiDict(typed))


@blueprint.post("/sessions")
@MAY["draft"]
def draft() -> Page | Response:
    """Keep a draft and show it."""
    scopes, id_ = _scopes(), uuid7()
    if "more" in request.form:
        return _form(request.form)
    try:
        asked = asked_by(request.form)
        command(
            lambda tx: draft_session(
                tx,
                id_=id_,
                plan=asked.plan,
                host_region=asked.host_region,
                scopes=scopes,
                programme_id=asked.programme_id,
            )
        )
    except (ValidationError, Invalid, Forbidden) as error:
        return _form(request.form, errors=_errors(error))
    return redirect(url_for("sessions.page", session_id=id_), 303)


@blueprint.get("/sessions/<uuid:session_id>")
@MAY["see"]
def page(session_id: UUID) -> Page:
    """One session: what it is, what stands in its way, and what will happen or has happened."""
    return _page(session_id)


@blueprint.get("/sessions/<uuid:session_id>/revision")
@MAY["revise"]
def edit(session_id: UUID) -> Page:
    """The form of a session that is there."""
    with reading() as db:
        session = session_within(db, session_id, _scopes())
    if refused := session.why_not["revise"]:
        return _page(session_id, refused=refused)
    return _form(_typed(session), session_id=session_id)


@blueprint.post("/sessions/<uuid:session_id>/revision")
@MAY["revise"]
def revise(session_id: UUID) -> Page | Response:
    """Plan a session differently and show it; schools that know of it are told."""
    scopes, seen, override = _scopes(), _seen(), request.form.get("override")
    if "more" in request.form:
        return _form(request.form, session_id=session_id)
    try:
        plan = asked_by(request.form).plan

        def work(tx: Transaction) -> None:
            revise_session(tx, session_id=session_id, plan=plan, scopes=scopes, seen=seen, override=override)

        command(work)
    except (ValidationError, Invalid) as error:
        return _form(request.form, session_id=session_id, errors=_errors(error))
    except Refusal as error:
        return _form(request.form, session_id=session_id, refused=error)
    return redirect(url_for("sessions.page", session_id=session_id), 303)


@blueprint.post("/sessions/<uuid:session_id>/release")
@MAY["release"]
def release(session_id: UUID) -> Page | Response:
    """Release a draft; its page then says who is told."""
    scopes, seen, override = _scopes(), _seen(), request.form.get("override")
    return _do(
        session_id,
        lambda tx: release_session(tx, session_id=session_id, scopes=scopes, seen=seen, override=override),
    )


@blueprint.post("/sessions/<uuid:session_id>/move")
@MAY["revise"]
def move(session_id: UUID) -> Page | Response:
    """Let one of its occurrences begin at another time, as long as before: the way out that was offered."""
    scopes, seen = _scopes(), _seen()
    number = request.form.get("occurrence", default=0, type=int)
    starts_at = request.form.get("starts_at", type=datetime.fromisoformat)
    return _do(
        session_id,
        lambda tx: move_session(
            tx, session_id=session_id, occurrence=number, starts_at=starts_at, scopes=scopes, seen=seen
        ),
    )


@blueprint.post("/sessions/<uuid:session_id>/swap")
@MAY["revise"]
def swap(session_id: UUID) -> Page | Response:
    """Let it and another session have each other's times and places."""
    scopes, other = _scopes(), request.form.get("other", type=UUID)
    return _do(
        session_id,
        lambda tx: swap_sessions(tx, one_id=session_id, other_id=other or session_id, scopes=scopes),
    )


@blueprint.post("/sessions/<uuid:session_id>/leaders")
@MAY["revise"]
def choose_leader(session_id: UUID) -> Page | Response:
    """Say who in the directory a name that was only written is; their time is taken from then on."""
    scopes, seen = _scopes(), _seen()
    name, person_id = request.form.get("name", ""), request.form.get("person_id", type=UUID)
    return _do(
        session_id,
        lambda tx: name_leader(
            tx, session_id=session_id, name=name, person_id=person_id, scopes=scopes, seen=seen
        ),
    )


@blueprint.post("/sessions/<uuid:session_id>/postponement")
@MAY["postpone"]
def postpone(session_id: UUID) -> Page | Response:
    """Put a released session off; its page then says who is told and why."""
    scopes, seen, reason = _scopes(), _seen(), request.form.get("reason", "")

    def work(tx: Transaction) -> None:
        postpone_session(tx, session_id=session_id, reason=_reason(reason), scopes=scopes, seen=seen)

    return _do(session_id, work, postponing=reason)


@blueprint.post("/sessions/<uuid:session_id>/cancellation")
@MAY["cancel"]
def cancel(session_id: UUID) -> Page | Response:
    """Cancel a released session; its page then says who is told and why."""
    scopes, seen, reason = _scopes(), _seen(), request.form.get("reason", "")

    def work(tx: Transaction) -> None:
        cancel_session(tx, session_id=session_id, reason=_reason(reason), scopes=scopes, seen=seen)

    return _do(session_id, work, cancelling=reason)


@blueprint.post("/sessions/<uuid:session_id>/holding")
@MAY["hold"]
def hold(session_id: UUID) -> Page | Response:
    """Say that it has taken place."""
    scopes, seen = _scopes(), _seen()
    return _do(session_id, lambda tx: hold_session(tx, session_id=session_id, scopes=scopes, seen=seen))


@blueprint.post("/sessions/<uuid:session_id>/closing")
@MAY["close"]
def close(session_id: UUID) -> Page | Response:
    """Say that all that follows it is done."""
    scopes, seen = _scopes(), _seen()
    return _do(session_id, lambda tx: close_session(tx, session_id=session_id, scopes=scopes, seen=seen))


def _do(session_id: UUID, work: Work, **typed: str) -> Page | Response:
    """Do it and show the session; where it is refused, the session with why, and what was typed."""
    try:
        command(work)
    except (ValidationError, Invalid) as error:
        return _page(session_id, errors=_errors(error), typed=typed)
    except Refusal as error:
        return _page(session_id, refused=error.sentence, typed=typed)
    return redirect(url_for("sessions.page", session_id=session_id), 303)


def _page(
    session_id: UUID,
    *,
    refused: Sentence | None = None,
    errors: dict[str, Sentence] | None = None,
    typed: dict[str, str] | None = None,
) -> Page:
    """The page of a session, with why something was refused, if it was."""
    asks, now = signed_in(), edge().runtime.clock()
    with reading() as db:
        session = session_within(db, session_id, _read())
        invited = known_schools(db, session.invited_schools)
        conflicts = conflicts_of(db, [session_id], _read())[session_id]
        open_ones = {conflict.occurrence for conflict in conflicts if not conflict.accepted_by}
        offers = offers_of(db, session_id, open_ones, now=now)
        unnamed = [leader.name for leader in session.leaders if leader.person_id is None]
        people = people_called(db, unnamed, _scopes()) if session.state in {"draft", "released"} else {}
        programme = programme_within(db, session.programme_id, _read()) if session.programme_id else None
        host = called(session.host_region, regions(db))
    html = render_template(
        "scheduling/session.html",
        session=session,
        programme=programme,
        state=STATES[session.state],
        kind=KINDS.get(session.kind, KINDS["training"]),
        host=host,
        invited=_own_first(invited, [scope_of(session.host_region)]),
        unknown=len(session.invited_schools) - sum(len(region.schools) for region in invited),
        conflicts=conflicts,
        offers=offers,
        sentence_of=sentence_of,
        people=people,
        ROLES=ROLES,
        ZONE=ZONE,
        past=session.ends_at <= now,
        begun=session.starts_at <= now,
        may={verb: rule.allows(asks) for verb, rule in MAY.items()},
        refused=refused,
        typed=typed or {},
        errors=errors or {},
    )
    return (html, 422) if errors else (html, 409) if refused else html


def _form(
    typed: MultiDict[str, str],
    *,
    session_id: UUID | None = None,
    errors: dict[str, Sentence] | None = None,
    refused: Refusal | None = None,
) -> Page:
    """The form with what was typed, for a new draft or, with `session_id`, for one that is there."""
    scopes = _scopes()
    programme: ProgrammeRow | None = None
    session: SessionRow | None = None
    with reading() as db:
        known = regions(db)
        if session_id is not None:  # theirs, or not found
            session = session_within(db, session_id, scopes)
        part_of = session.programme_id if session else typed.get("programme_id", type=UUID)
        if part_of:
            programme = programme_within(db, part_of, scopes)
    rows = rows_of(typed)
    if "more" in typed or not rows:
        rows.append({})
    html = render_template(
        "scheduling/draft.html",
        session=session,
        programme=programme,
        # Saving again is about the state that is linked here.
        seen=session.version if session else None,
        typed=typed,
        times=rows,
        chosen=typed.getlist("chosen"),
        invited=set(typed.getlist("invited_schools")),
        regions=_own_first(known, scopes),
        hosts=hosts_offered(scopes, known),
        KINDS=KINDS,
        names=NAMES,
        errors=errors or {},
        refused=refused.sentence if refused else None,
        taken=refused if isinstance(refused, Taken) else None,
        sentence_of=sentence_of,
    )
    return (html, 422) if errors else (html, 409) if refused else html


def _typed(session: SessionRow) -> MultiDict[str, str]:
    """The session as the form sends it."""
    typed: MultiDict[str, str] = MultiDict(
        {
            "title": session.title,
            "kind": session.kind,
            "note": session.note,
            "hosts": "、".join(leader.name for leader in session.leaders if leader.role == "host"),
            "speakers": "、".join(leader.name for leader in session.leaders if leader.role == "speaker"),
        }
    )
    for each in session.occurrences:
        typed.add("starts_at", f"{each.starts_at.astimezone(ZONE):{LOCAL}}")
        typed.add("ends_at", f"{each.ends_at.astimezone(ZONE):{LOCAL}}")
        for name in ("place", "link", "account"):
            typed.add(name, getattr(each, name))
    for leader in session.leaders:
        if leader.person_id:
            typed.add("chosen", f"{leader.role}|{leader.person_id}|{leader.name}")
    for id_ in session.invited_schools:
        typed.add("invited_schools", str(id_))
    return typed


def _own_first(known: Sequence[RegionRow], scopes: Collection[str]) -> list[tuple[RegionRow, bool]]:
    """Each region, and whether it lies outside the scopes; those come last."""
    marked = ((region, not may_host(scopes, region.code)) for region in known)
    return sorted(marked, key=lambda each: each[1])


def _reason(typed: str) -> str:
    reason: str = ReasonSchema().load({"reason": typed})["reason"]
    return reason


def _errors(error: ValidationError | Invalid | Forbidden) -> dict[str, Sentence]:
    """A sentence for each field."""
    return sentences(error) if isinstance(error, ValidationError) else {error.field or "": error.sentence}


def _seen() -> int | None:
    return request.form.get("seen", type=int)


def _scopes() -> frozenset[str]:
    return signed_in().scopes(*PLANNERS)


def _read() -> frozenset[str]:
    return signed_in().reads(*PLANNERS)
