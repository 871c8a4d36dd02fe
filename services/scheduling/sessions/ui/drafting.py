"""The form of a session, new or there already."""

from contextlib import suppress
from datetime import datetime, time, timedelta
from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from services.scheduling.claims.model import Taken, sentence_of
from services.scheduling.hosting.queries import hosts_offered, regions
from services.scheduling.kinds.queries import kinds
from services.scheduling.plans.model import ZONE
from services.scheduling.programmes.queries import ProgrammeRow, programme_within
from services.scheduling.sessions.commands import (
    draft_session,
    revise_session,
)
from services.scheduling.sessions.policies import MAY
from services.scheduling.sessions.queries import SessionRow, session_within
from services.scheduling.sessions.schemas.forms import LOCAL, NAMES, asked_by, rows_of
from services.scheduling.sessions.ui.asking import Page, blueprint, errors_of, own_first, scopes, seen
from services.scheduling.sessions.ui.showing import shown
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, edge, reading

#: When sessions usually are: a week ahead, on an afternoon, for three hours.
_AHEAD, _AFTERNOON, _LASTS = timedelta(days=7), time(14, 30), timedelta(hours=3)


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
    return form(MultiDict(typed))


@blueprint.post("/sessions")
@MAY["draft"]
def draft() -> Page | Response:
    """Keep a draft and show it."""
    own, id_ = scopes(), uuid7()
    if "more" in request.form:
        return form(request.form)
    try:
        asked = asked_by(request.form)
        command(
            lambda tx: draft_session(
                tx,
                id_=id_,
                plan=asked.plan,
                host_region=asked.host_region,
                scopes=own,
                programme_id=asked.programme_id,
            )
        )
    except (ValidationError, Invalid, Forbidden) as error:
        return form(request.form, errors=errors_of(error))
    return redirect(url_for("sessions.page", session_id=id_), 303)


@blueprint.get("/sessions/<uuid:session_id>/revision")
@MAY["revise"]
def edit(session_id: UUID) -> Page:
    """The form of a session that is there."""
    with reading() as db:
        session = session_within(db, session_id, scopes())
    if refused := session.why_not["revise"]:
        return shown(session_id, refused=Refusal(refused))
    return form(_typed(session), session_id=session_id)


@blueprint.post("/sessions/<uuid:session_id>/revision")
@MAY["revise"]
def revise(session_id: UUID) -> Page | Response:
    """Plan a session differently and show it; schools that know of it are told."""
    own, version, override = scopes(), seen(), request.form.get("override")
    if "more" in request.form:
        return form(request.form, session_id=session_id)
    try:
        plan = asked_by(request.form).plan

        def work(tx: Transaction) -> None:
            revise_session(tx, session_id=session_id, plan=plan, scopes=own, seen=version, override=override)

        command(work)
    except (ValidationError, Invalid) as error:
        return form(request.form, session_id=session_id, errors=errors_of(error))
    except Refusal as error:
        return form(request.form, session_id=session_id, refused=error)
    return redirect(url_for("sessions.page", session_id=session_id), 303)


def form(
    typed: MultiDict[str, str],
    *,
    session_id: UUID | None = None,
    errors: dict[str, Sentence] | None = None,
    refused: Refusal | None = None,
) -> Page:
    """The form with what was typed, for a new draft or, with `session_id`, for one that is there."""
    own = scopes()
    programme: ProgrammeRow | None = None
    session: SessionRow | None = None
    with reading() as db:
        known = regions(db)
        offered = kinds(db, offered=True, besides=typed.get("kind", ""))
        if session_id is not None:  # theirs, or not found
            session = session_within(db, session_id, own)
        part_of = session.programme_id if session else typed.get("programme_id", type=UUID)
        if part_of:
            programme = programme_within(db, part_of, own)
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
        regions=own_first(known, own),
        hosts=hosts_offered(own, known),
        KINDS=offered,
        names=NAMES,
        errors=errors or {},
        refused=refused.sentence if refused else None,
        taken=refused if isinstance(refused, Taken) else None,
        sentence_of=sentence_of,
    )
    return (html, 422) if errors else (html, int(refused.status)) if refused else html


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
    for id_ in (*session.invited_schools, *session.awaiting_schools):
        typed.add("invited_schools", str(id_))
    return typed
