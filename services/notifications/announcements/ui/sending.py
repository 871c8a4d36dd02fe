"""An announcement's page for its sender: the preview, and once it is out the board of who has confirmed."""

from collections import Counter
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.notifications.announcements.commands import read, remind, send, withdraw
from services.notifications.announcements.model import STATES, File
from services.notifications.announcements.queries import (
    BoardRow,
    announcement_for,
    announcement_within,
    answered_for,
    board_of,
    files_of,
    no_such_announcement,
    reach,
)
from services.notifications.announcements.schemas import ZONE, SendForm
from services.notifications.announcements.ui.asking import (
    SEE,
    SEND,
    Page,
    answered,
    blueprint,
    own,
    seen_within,
)
from shared.auth import readers
from shared.errors import Invalid, NotFound, Refusal, TongxingError
from shared.roster import name_of
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import command, edge, reading, signed_in
from shared.web.rendering import say

#: What a school's state on the board is called, and its chip.
WORDS = {
    "confirmed": ("done", Sentence(zh="已确认", en="confirmed")),
    "read": ("waiting", Sentence(zh="已读未答", en="read, not confirmed")),
    "unopened": ("open", Sentence(zh="未打开", en="not opened")),
    "failed": ("failed", Sentence(zh="送达失败", en="not delivered")),
}


@blueprint.get("/<uuid:announcement_id>")
@SEE
def page(announcement_id: UUID) -> Page:
    """For its sender the preview or the board; for a school the letter, which counts as opened."""
    return shown(announcement_id)


@blueprint.post("/<uuid:announcement_id>/sending")
@SEND
def sent(announcement_id: UUID) -> Page | Response:
    """Send it, now or at a time."""
    scopes = own()
    try:
        at = SendForm().load(request.form)["send_at"]
        command(lambda tx: send(tx, announcement_id=announcement_id, scopes=scopes, at=at).id)
    except ValidationError:
        wrong = Sentence(
            zh="请按 2025-06-08T18:00 的格式填写时间。", en="Write the time as 2025-06-08T18:00."
        )
        return shown(announcement_id, error=Invalid(wrong))
    except (Invalid, Refusal) as error:
        return shown(announcement_id, error=error)
    return redirect(url_for("announcements.page", announcement_id=announcement_id), 303)


@blueprint.post("/<uuid:announcement_id>/withdrawal")
@SEND
def withdrawn(announcement_id: UUID) -> Page | Response:
    """Let it hold no more."""
    scopes, reason = own(), " ".join(request.form.get("reason", "").split())
    try:
        command(lambda tx: withdraw(tx, announcement_id=announcement_id, reason=reason, scopes=scopes).id)
    except (Invalid, Refusal) as error:
        return shown(announcement_id, error=error)
    return redirect(url_for("announcements.page", announcement_id=announcement_id), 303)


@blueprint.post("/<uuid:announcement_id>/reminders")
@SEND
def reminded(announcement_id: UUID) -> Page | Response:
    """Remind those who have not confirmed; once a day at most, however often it is asked."""
    scopes = own()
    try:
        command(lambda tx: remind(tx, announcement_id=announcement_id, scopes=scopes))
    except Refusal as error:
        return shown(announcement_id, error=error)
    return redirect(url_for("announcements.page", announcement_id=announcement_id, reminded=1), 303)


@blueprint.get("/<uuid:announcement_id>/export.xlsx")
@readers("administrator", "coordinator")
def exported(announcement_id: UUID) -> Response:
    """The board as a workbook."""
    with reading() as db:
        found = announcement_within(db, announcement_id, seen_within())
        rows = board_of(db, found)
    columns = (
        Sentence(zh="区域", en="Region"),
        Sentence(zh="学校", en="School"),
        Sentence(zh="状态", en="State"),
        Sentence(zh="打开时间", en="Opened"),
        Sentence(zh="确认时间", en="Confirmed"),
        Sentence(zh="确认人", en="By"),
    )
    return workbook(
        found.title,
        [say(column) for column in columns],
        (
            (
                row.region_name,
                row.name,
                say(WORDS[row.state][1]),
                f"{row.read_at.astimezone(ZONE):%Y-%m-%d %H:%M}" if row.read_at else "",
                f"{row.confirmed_at.astimezone(ZONE):%Y-%m-%d %H:%M}" if row.confirmed_at else "",
                row.confirmed_name,
            )
            for row in rows
        ),
    )


@blueprint.get("/<uuid:announcement_id>/files/<uuid:file_id>")
@SEE
def file(announcement_id: UUID, file_id: UUID) -> Response:
    """A file of it: always saved, never shown, whatever it says it is."""
    with reading() as db:
        try:
            announcement_within(db, announcement_id, seen_within())
        except NotFound:
            announcement_for(db, announcement_id, answered_for(db, signed_in()))
        found = db.get(File, file_id)
        if found is None or found.announcement_id != announcement_id:
            raise no_such_announcement()
        answer = make_response(found.data)
    answer.headers["Content-Type"] = "application/octet-stream"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers.set("Content-Disposition", "attachment", filename=found.name)
    return answer


def shown(announcement_id: UUID, *, error: TongxingError | None = None) -> Page:
    """The page of an announcement as the reader may see it."""
    asks = signed_in()
    with reading() as db:
        try:
            found = announcement_within(db, announcement_id, seen_within())
        except NotFound:
            found = None
    if found is None:
        return _letter(announcement_id, error=error)
    with reading() as db:
        found = announcement_within(db, announcement_id, seen_within())
        files = files_of(db, announcement_id)
        rows = board_of(db, found)
        reached = len(reach(db, found.scopes)) if found.state in {"draft", "scheduled"} else len(rows)
        named = [say(name_of(db, scope)) for scope in found.scopes]
    html = render_template(
        "notifications/board.html",
        found=found,
        files=files,
        rows=rows,
        counts=Counter(row.state for row in rows),
        regions=_by_region(rows),
        reached=reached,
        named=named,
        WORDS=WORDS,
        STATES=STATES,
        ZONE=ZONE,
        may_send=bool(asks.scopes("administrator", "coordinator")),
        wanted=request.args.get("state", ""),
        reminded="reminded" in request.args,
        error=error,
        typed=request.form,
    )
    return (html, int(error.status)) if error else html


def _letter(announcement_id: UUID, *, error: TongxingError | None) -> Page:
    schools = answered()
    command(lambda tx: read(tx, announcement_id=announcement_id, schools=schools))
    with reading() as db:
        found, receipt = announcement_for(db, announcement_id, schools)
        files = files_of(db, announcement_id)
        sender = say(name_of(db, "all" if found.host_region == "000000" else f"region:{found.host_region}"))
    html = render_template(
        "notifications/letter.html",
        found=found,
        receipt=receipt,
        files=files,
        sender=sender,
        late=bool(found.confirm_by and found.confirm_by <= edge().runtime.clock()),
        error=error,
        typed=request.form,
    )
    return (html, int(error.status)) if error else html


def _by_region(rows: list[BoardRow]) -> list[tuple[str, Counter[str]]]:
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        found.setdefault((row.region_code, row.region_name), Counter())[row.state] += 1
    return [(name, counts) for (_, name), counts in sorted(found.items())]
