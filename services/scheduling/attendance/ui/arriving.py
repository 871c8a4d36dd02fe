"""The screen in the hall, and the page on a phone."""

import hashlib
from datetime import timedelta
from http import HTTPStatus
from importlib import resources
from uuid import UUID

import segno
from flask import render_template, request, url_for
from markupsafe import Markup
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.attendance.commands.arriving import MISTYPED, Answer, Self, Shown, come_in
from services.scheduling.attendance.model import STATES, CheckIn
from services.scheduling.attendance.policies import (
    SCANNED,
    TYPED_AT_MOST,
    is_typed,
    scanned_code,
    ticket,
    typed_code,
)
from services.scheduling.attendance.queries import doors_for, doors_open, no_such_door
from services.scheduling.attendance.schemas import ArrivalForm
from services.scheduling.attendance.ui.asking import HOST, Page, blueprint, found
from services.scheduling.plans.model import ZONE
from services.scheduling.sessions.model import Session
from shared.auth import PUBLIC
from shared.auth.states import person_of
from shared.web.edge import edge, principal, reading
from shared.web.limits import limited


@blueprint.get("/check-ins/<uuid:check_in_id>/screen")
@HOST
def screen(check_in_id: UUID) -> Page:
    """The codes for the screen in the hall; it renews itself before they are over."""
    door, session, lines = found(check_in_id)
    now = edge().runtime.clock()
    code = scanned_code(door.secret, door.id, now)
    address = (
        f"{edge().runtime.settings.base_url}{url_for('attendance.arriving', check_in_id=door.id)}?code={code}"
    )
    return render_template(
        "scheduling/check_in_screen.html",
        door=door,
        session=session,
        qr=Markup(segno.make(address, error="m", micro=False).svg_inline(border=2, omitsize=True)),  # noqa: S704  drawn by us
        typed=typed_code(door.secret, door.id, now),
        address=f"{edge().runtime.settings.base_url}{url_for('attendance.mine')}",
        renews=int(SCANNED.total_seconds() / 2),
        there=sum(line.presence is not None and line.presence.there for line in lines),
        expected=len(lines),
        closed=door.why_not_now(now),
    )


@blueprint.get("/check-in")
@PUBLIC
def mine() -> Page:
    """Where the reader is expected today; opening one of them readies the phone for a hall without a network.

    For everybody, the short address on the screen: the digits say which hall it is.
    """
    return _mine()


@blueprint.post("/check-in")
@PUBLIC
def typed() -> Page:
    """Check in by the digits of a screen, wherever that is: as who is signed in, or by name and four digits."""
    limited("check-in", times=TYPED_AT_MOST, seconds=60)
    now = edge().runtime.clock()
    try:
        shown, name, digits = ArrivalForm().load(request.form)
    except ValidationError:
        return _mine(answer=Answer("wrong", sentence=MISTYPED))
    who = _who(name=name, digits=digits)
    with reading() as db:
        halls = [door.id for door in doors_open(db, now) if is_typed(shown.code, door.secret, door.id, now)]
    answer = Answer("wrong", sentence=MISTYPED)
    for id_ in halls:  # more than one where two screens happen to show the same six digits
        answer = _come_in(id_, Shown(code=shown.code, how="code"), who)
        if answer.verdict in {"in", "twice"}:
            return _arriving(id_, code="", answer=answer)
    return _mine(answer=answer)


@blueprint.get("/check-in/worker.js")
@PUBLIC
def worker() -> Response:
    """The script that keeps the pages of checking in on a phone."""
    script = resources.files("services.scheduling.attendance.ui").joinpath("worker.js").read_bytes()
    return Response(script, content_type="text/javascript; charset=utf-8")


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
    answer = _come_in(check_in_id, shown, who)
    return _arriving(check_in_id, code=shown.code if shown.how == "scan" else "", answer=answer)


def _come_in(check_in_id: UUID, shown: Shown, who: Self) -> Answer:
    return edge().runtime.database.run(
        lambda tx: _kept(come_in(tx, check_in_id=check_in_id, shown=shown, who=who)),
        actor=f"account:{who.account}" if who.account else "visitor",
        origin=request.remote_addr,
    )


def _mine(*, answer: Answer | None = None) -> Page:
    now, asks = edge().runtime.clock(), principal()
    today = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    with reading() as db:
        person = person_of(db, asks.account) if asks else None
        doors = doors_for(db, person, start=today, end=today + timedelta(days=1)) if person else []
    html = render_template(
        "scheduling/check_in_mine.html",
        doors=doors,
        known=person is not None,
        now=now,
        answer=answer,
        typed=request.form,
    )
    return (html, HTTPStatus.CONFLICT) if answer else html


def _kept(answer: Answer) -> Answer:
    """The answer with what the page reads of its presence, which the transaction takes with it."""
    if answer.presence is not None:
        _ = answer.presence.name, answer.presence.state, answer.presence.arrived_at
    return answer


def _who(*, name: str, digits: str) -> Self:
    asks = principal()
    if asks is None:
        address = f"address:{request.remote_addr}#"
        # Hashed: which names were tried is nobody's business later.
        whose = hashlib.sha256(name.encode()).hexdigest()[:16]
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
