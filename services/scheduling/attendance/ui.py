"""The list of who was there, the screen in the hall, and the page on a phone."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import cast
from uuid import UUID

import segno
from flask import Blueprint, redirect, render_template, request, url_for
from markupsafe import Markup
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.attendance.commands import Answer, Self, come_in, enter, open_door, shut_door
from services.scheduling.attendance.model import HOW, STATES, CheckIn, PresenceState
from services.scheduling.attendance.policies import SCANNED, scanned_code, ticket, typed_code
from services.scheduling.attendance.queries import Line, check_in_within, doors_of, list_at, no_such_door
from services.scheduling.attendance.schemas import ArrivalForm, DoorForm
from services.scheduling.hosting.model import PLANNERS, may_host
from services.scheduling.plans.model import ZONE
from services.scheduling.sessions.model import Session
from services.scheduling.sessions.queries import no_such_session, session_within
from shared.auth import PUBLIC, holders, readers
from shared.auth.states import person_of
from shared.errors import Invalid, Refusal, TongxingError
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import command, edge, principal, reading, signed_in
from shared.web.rendering import say

blueprint = Blueprint("attendance", __name__, url_prefix="/scheduling", template_folder="../templates")

Page = str | tuple[str, int]

#: Who sees the list of a door, who keeps it, and who lets people in.
_SEE, _KEEP, _HOST = readers(*PLANNERS, "liaison"), holders(*PLANNERS, "liaison"), holders(*PLANNERS)

#: The columns of the list as a workbook.
COLUMNS = (
    Sentence(zh="序号", en="No."),
    Sentence(zh="姓名", en="Name"),
    Sentence(zh="单位", en="Unit"),
    Sentence(zh="考勤", en="Attendance"),
    Sentence(zh="方式", en="How"),
    Sentence(zh="签到时间", en="Arrived"),
)


@blueprint.get("/sessions/<uuid:session_id>/attendance")
@_HOST
def of_session(session_id: UUID) -> Response:
    """To the list of the occurrence that is nearest; its door is made where there is none."""
    own, now = signed_in().scopes(*PLANNERS), edge().runtime.clock()
    with reading() as db:
        session = session_within(db, session_id, own)
        doors = doors_of(db, session_id)
    nearest = min(session.occurrences, key=lambda each: abs(each.starts_at - now))
    door = doors.get(nearest.starts_at)
    id_ = door.id if door else command(lambda tx: open_door(tx, session_id=session_id, starts_at=nearest.starts_at, scopes=own).id)  # fmt: skip
    return redirect(url_for("attendance.page", check_in_id=id_), 303)


@blueprint.post("/sessions/<uuid:session_id>/check-ins")
@_HOST
def opened(session_id: UUID) -> Response:
    """Let people check in to an occurrence."""
    try:
        starts_at = DoorForm().load(request.form)["starts_at"]
    except ValidationError as error:
        raise no_such_session() from error
    own = signed_in().scopes(*PLANNERS)
    id_ = command(lambda tx: open_door(tx, session_id=session_id, starts_at=starts_at, scopes=own).id)
    return redirect(url_for("attendance.page", check_in_id=id_), 303)


@blueprint.post("/check-ins/<uuid:check_in_id>/shutting")
@_HOST
def shut(check_in_id: UUID) -> Response:
    """Accept no more codes."""
    own = signed_in().scopes(*PLANNERS)
    command(lambda tx: shut_door(tx, check_in_id=check_in_id, scopes=own).id)
    return redirect(url_for("attendance.page", check_in_id=check_in_id), 303)


@blueprint.get("/check-ins/<uuid:check_in_id>")
@_SEE
def page(check_in_id: UUID) -> Page:
    """Who was expected and who was there; whoever keeps the list enters it here."""
    return _page(check_in_id)


@blueprint.post("/check-ins/<uuid:check_in_id>/list")
@_KEEP
def listed(check_in_id: UUID) -> Page | Response:
    """Enter who was there: `state-ID` for each of the list that was said something of."""
    asks = signed_in()
    states = {
        UUID(name.removeprefix("state-")): cast("PresenceState", value)
        for name, value in request.form.items()
        if name.startswith("state-") and value
    }
    hosts, schools, reason = (
        asks.scopes(*PLANNERS),
        asks.schools,
        " ".join(request.form.get("reason", "").split()),
    )
    try:
        command(
            lambda tx: len(
                enter(tx, check_in_id=check_in_id, states=states, hosts=hosts, schools=schools, reason=reason)
            )
        )
    except (Invalid, Refusal) as error:
        return _page(check_in_id, error=error)
    return redirect(url_for("attendance.page", check_in_id=check_in_id), 303)


@blueprint.get("/check-ins/<uuid:check_in_id>/export.xlsx")
@_SEE
def exported(check_in_id: UUID) -> Response:
    """The list as a workbook."""
    _, session, lines = _found(check_in_id)
    rows = (
        (
            number,
            line.name,
            line.unit,
            say(STATES[cast("PresenceState", line.presence.state)]) if line.presence else "",
            say(HOW[line.presence.how]) if line.presence else "",  # type: ignore[index]  # a column is any text
            f"{line.presence.arrived_at.astimezone(ZONE):%H:%M}"
            if line.presence and line.presence.arrived_at
            else "",
        )
        for number, line in enumerate(lines, start=1)
    )
    title = Sentence(zh=f"{session.title} 考勤", en=f"{session.title} attendance")
    return workbook(say(title), [say(column) for column in COLUMNS], rows)


@blueprint.get("/check-ins/<uuid:check_in_id>/screen")
@_HOST
def screen(check_in_id: UUID) -> Page:
    """The codes for the screen in the hall; it renews itself before they are over."""
    door, session, lines = _found(check_in_id)
    now = edge().runtime.clock()
    code = scanned_code(door.secret, door.id, now)
    address = (
        f"{edge().runtime.settings.base_url}{url_for('attendance.arriving', check_in_id=door.id)}?code={code}"
    )
    return render_template(
        "scheduling/check_in_screen.html",
        door=door,
        session=session,
        qr=Markup(segno.make(address, error="m", micro=False).svg_inline(scale=8, border=2)),  # noqa: S704  drawn by us
        typed=typed_code(door.secret, door.id, now),
        address=address.partition("?")[0],
        renews=int(SCANNED.total_seconds() / 2),
        there=sum(line.presence is not None and line.presence.there for line in lines),
        expected=len(lines),
        closed=door.why_not_now(now),
    )


@blueprint.get("/check-in/<uuid:check_in_id>")
@PUBLIC
def arriving(check_in_id: UUID) -> Page:
    """The page on a phone: with `?code=` from a scan, or to type the digits of the screen."""
    return _arriving(check_in_id, code=request.args.get("code", ""))


@blueprint.post("/check-in/<uuid:check_in_id>")
@PUBLIC
def arrived(check_in_id: UUID) -> Page:
    """Check in: as who is signed in, or by name and four digits."""
    try:
        shown, name, digits = ArrivalForm().load(request.form)
    except ValidationError:
        return _arriving(check_in_id, code="")
    who = _who(name=name, digits=digits)
    answer = edge().runtime.database.run(
        lambda tx: _kept(come_in(tx, check_in_id=check_in_id, shown=shown, who=who)),
        actor=f"account:{who.account}" if who.account else "visitor",
        origin=request.remote_addr,
    )
    return _arriving(check_in_id, code=shown.code if shown.how == "scan" else "", answer=answer)


def _kept(answer: Answer) -> Answer:
    """The answer with what the page reads of its presence, which the transaction takes with it."""
    if answer.presence is not None:
        _ = answer.presence.name, answer.presence.state, answer.presence.arrived_at
    return answer


def _who(*, name: str, digits: str) -> Self:
    asks = principal()
    if asks is None:
        address = f"address:{request.remote_addr}#"
        whose = hashlib.sha256(name.encode()).hexdigest()[
            :16
        ]  # a name that was tried is nobody's business later
        return Self(who=f"{address}{whose}", address=address, name=name, digits=digits)
    with reading() as db:
        person = person_of(db, asks.account)
    if person is None:  # an office's own account, such as a liaison's, may check somebody in by name
        return Self(who=asks.actor, account=asks.account, name=name, digits=digits)
    return Self(who=asks.actor, account=asks.account, person_id=person)


def _arriving(check_in_id: UUID, *, code: str, answer: Answer | None = None) -> Page:
    now, asks = edge().runtime.clock(), principal()
    with reading() as db:
        door = db.get(CheckIn, check_in_id)
        session = db.get(Session, door.session_id) if door else None
        person = person_of(db, asks.account) if asks else None
    if door is None or session is None:
        raise no_such_door()
    html = render_template(
        "scheduling/check_in.html",
        door=door,
        session=session,
        code=code,
        known=person is not None,
        ticket=ticket(door.secret, door.id, asks.account, now) if asks and person else "",
        closed=door.why_not_now(now),
        answer=answer,
        typed=request.form,
        STATES=STATES,
        ZONE=ZONE,
    )
    refused = answer is not None and answer.verdict not in {"in", "twice"}
    return (html, HTTPStatus.CONFLICT) if refused else html


def _found(check_in_id: UUID) -> tuple[CheckIn, Session, Sequence[Line]]:
    asks = signed_in()
    hosts = asks.reads(*PLANNERS)
    with reading() as db:
        door, session = check_in_within(db, check_in_id, hosts=hosts, schools=asks.schools)
        lines = list_at(db, door, session)
    if not may_host(hosts, session.host_region):
        lines = [line for line in lines if line.school_id in asks.schools]
    return door, session, lines


def _page(check_in_id: UUID, *, error: TongxingError | None = None) -> Page:
    asks, now = signed_in(), edge().runtime.clock()
    door, session, lines = _found(check_in_id)
    with reading() as db:
        doors: dict[datetime, CheckIn] = doors_of(db, session.id)
    html = render_template(
        "scheduling/attendance.html",
        door=door,
        doors=doors,
        session=session,
        occurrences=session.occurrences,
        lines=lines,
        counts={
            state: sum(line.presence is not None and line.presence.state == state for line in lines)
            for state in STATES
        },
        STATES=STATES,
        HOW=HOW,
        ZONE=ZONE,
        closed=door.why_not_now(now),
        may_host=asks.holds(PLANNERS),
        may_keep=session.state in {"released", "held"} and asks.holds([*PLANNERS, "liaison"]),
        error=error,
        typed=request.form,
    )
    return (html, error.status) if error else html
