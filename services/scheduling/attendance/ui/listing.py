"""The list of who was there: opening a door, entering, correcting, and taking it along."""

from datetime import datetime
from typing import cast
from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.attendance.commands.keeping import enter, open_door, shut_door
from services.scheduling.attendance.model import HOW, STATES, CheckIn, PresenceState
from services.scheduling.attendance.queries import doors_of
from services.scheduling.attendance.schemas import AttendanceListSchema, DoorForm
from services.scheduling.attendance.ui.asking import HOST, KEEP, SEE, Page, blueprint, found
from services.scheduling.hosting.model import PLANNERS
from services.scheduling.plans.model import ZONE
from services.scheduling.sessions.queries import no_such_session, session_within
from shared.db import Transaction
from shared.errors import Invalid, Refusal, TongxingError
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import command, edge, reading, signed_in
from shared.web.rendering import say
from shared.web.spoken import sentences

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
@HOST
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
@HOST
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
@HOST
def shut(check_in_id: UUID) -> Response:
    """Accept no more codes."""
    own = signed_in().scopes(*PLANNERS)
    command(lambda tx: shut_door(tx, check_in_id=check_in_id, scopes=own).id)
    return redirect(url_for("attendance.page", check_in_id=check_in_id), 303)


@blueprint.get("/check-ins/<uuid:check_in_id>")
@SEE
def page(check_in_id: UUID) -> Page:
    """Who was expected and who was there; whoever keeps the list enters it here."""
    return _page(check_in_id)


@blueprint.post("/check-ins/<uuid:check_in_id>/list")
@KEEP
def listed(check_in_id: UUID) -> Page | Response:
    """Enter who was there: `state-ID` for each of the list that was said something of."""
    asks = signed_in()
    hosts, schools = asks.scopes(*PLANNERS), asks.schools
    said = [
        {"participant_id": name.removeprefix("state-"), "state": value}
        for name, value in request.form.items()
        if name.startswith("state-") and value
    ]

    def work(tx: Transaction) -> None:
        asked = AttendanceListSchema().load({"entries": said, "reason": request.form.get("reason", "")})
        states = {each["participant_id"]: each["state"] for each in asked["entries"]}
        enter(
            tx, check_in_id=check_in_id, states=states, hosts=hosts, schools=schools, reason=asked["reason"]
        )

    try:
        command(work)
    except ValidationError as error:
        field, sentence = next(iter(sentences(error).items()))
        return _page(check_in_id, error=Invalid(sentence, field=field))
    except (Invalid, Refusal) as error:
        return _page(check_in_id, error=error)
    return redirect(url_for("attendance.page", check_in_id=check_in_id), 303)


@blueprint.get("/check-ins/<uuid:check_in_id>/export.xlsx")
@SEE
def exported(check_in_id: UUID) -> Response:
    """The list as a workbook."""
    _, session, lines = found(check_in_id)
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


def _page(check_in_id: UUID, *, error: TongxingError | None = None) -> Page:
    asks, now = signed_in(), edge().runtime.clock()
    door, session, lines = found(check_in_id)
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
