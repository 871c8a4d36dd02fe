"""From the office's workbook to a programme: send it, see what it says, put cells right, say who is who, confirm, undo."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.agendas.commands import (
    LARGEST,
    choose,
    confirm,
    correct,
    describe,
    discard,
    leave_out,
    stage,
    understand,
    undo,
)
from services.scheduling.agendas.model.staging import AS_WRITTEN, STATES
from services.scheduling.agendas.policies.rights import MAY
from services.scheduling.agendas.queries import EntryRow, Preview, import_within, imports_within, preview
from services.scheduling.agendas.schemas import DescriptionSchema
from services.scheduling.holidays.queries import free_days
from services.scheduling.hosting.model import PLANNERS
from services.scheduling.hosting.queries import hosts_offered, regions
from services.scheduling.kinds.queries import kinds
from services.scheduling.plans.model import ZONE
from services.scheduling.programmes.model import PROGRAMME_KINDS
from services.scheduling.sessions.queries import sessions_of
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.scopes import narrowed
from shared.web.spoken import sentences

blueprint = Blueprint("agendas", __name__, url_prefix="/scheduling/agendas", template_folder="../templates")

#: What a form adds to the file in it, in bytes; years around this one that are offered.
_FORM, _AROUND = 64 * 1024, 2
_CELL, _WHO, _AGAIN = "cell:", "who:", "again"

Page = str | tuple[str, int]


@blueprint.get("")
@MAY["see"]
def index() -> Page:
    """The form for the next workbook, and those that came before."""
    return _index()


@blueprint.post("")
@MAY["bring"]
def send() -> Page | Response:
    """Take a workbook in and show what it says; nothing is planned yet."""
    request.max_content_length = LARGEST + _FORM
    file = request.files.get("workbook")
    if file is None or not file.filename:
        return _index({"workbook": Sentence(zh="请先选择一个 Excel 文件（.xlsx）。", en="Choose an Excel file (.xlsx) first.")})  # fmt: skip
    data, filename, host = file.read(), file.filename, request.form.get("host_region", "")
    scopes = _scopes()
    try:
        id_ = command(lambda tx: stage(tx, data=data, filename=filename, host_region=host, scopes=scopes).id)
    except (Invalid, Forbidden) as error:
        field = "host_region" if error.field == "host_region" else "workbook"
        return _index({field: error.sentence})
    return redirect(url_for("agendas.page", agenda_id=id_), 303)


@blueprint.get("/<uuid:agenda_id>")
@MAY["see"]
def page(agenda_id: UUID) -> Page:
    """What the workbook says, row by row, with what is wrong; `?row=` opens one row to be put right."""
    return _page(agenda_id)


@blueprint.post("/<uuid:agenda_id>/corrections")
@MAY["bring"]
def corrected(agenda_id: UUID) -> Page | Response:
    """Put cells right."""
    sheet, scopes = request.form.get("sheet", ""), _scopes()
    cells = {name.removeprefix(_CELL): text for name, text in request.form.items() if name.startswith(_CELL)}
    return _change(
        agenda_id, lambda tx: correct(tx, import_id=agenda_id, sheet=sheet, cells=cells, scopes=scopes)
    )


@blueprint.post("/<uuid:agenda_id>/rows")
@MAY["bring"]
def row_left_out(agenda_id: UUID) -> Page | Response:
    """Leave a row out, or take it after all."""
    row, out, scopes = request.form.get("row", ""), request.form.get("out") == "yes", _scopes()
    return _change(agenda_id, lambda tx: leave_out(tx, import_id=agenda_id, row=row, out=out, scopes=scopes))


@blueprint.post("/<uuid:agenda_id>/people")
@MAY["bring"]
def chosen(agenda_id: UUID) -> Page | Response:
    """Say who people on the list are; `all=likely` takes everybody for whom one is offered with a strong reason."""
    scopes = _scopes()
    said = {
        name.removeprefix(_WHO): "" if who == _AGAIN else who
        for name, who in request.form.items()
        if name.startswith(_WHO) and who
    }
    if request.form.get("all") == "likely":
        with reading() as db:
            rows = preview(db, import_within(db, agenda_id, scopes)).trainees
        for row in rows:
            if row.likely:
                said.setdefault(row.trainee.key, str(row.likely))
    return _change(agenda_id, lambda tx: choose(tx, import_id=agenda_id, choices=said, scopes=scopes))


@blueprint.post("/<uuid:agenda_id>/description")
@MAY["bring"]
def described(agenda_id: UUID) -> Page | Response:
    """Say what the programme is called, of which kind it is, and of which year its days are."""
    scopes = _scopes()
    try:
        said = DescriptionSchema().load(request.form.to_dict())
    except ValidationError as error:
        return _page(agenda_id, errors=sentences(error))
    return _change(
        agenda_id,
        lambda tx: describe(
            tx, import_id=agenda_id, title=said.title, kind=said.kind, year=said.year, scopes=scopes
        ),
    )


@blueprint.post("/<uuid:agenda_id>/columns")
@MAY["bring"]
def answered(agenda_id: UUID) -> Page | Response:
    """Say what columns mean."""
    said = {key: field or None for key, field in request.form.items() if "/" in key}
    scopes = _scopes()
    return _change(agenda_id, lambda tx: understand(tx, import_id=agenda_id, answers=said, scopes=scopes))


@blueprint.post("/<uuid:agenda_id>/confirmation")
@MAY["bring"]
def confirmed(agenda_id: UUID) -> Page | Response:
    """Make a programme of it, under what the form says of it."""
    seen, scopes = request.form.get("seen", type=int), _scopes()
    try:
        said = DescriptionSchema().load(request.form.to_dict())
    except ValidationError as error:
        return _page(agenda_id, errors=sentences(error))
    return _change(
        agenda_id, lambda tx: confirm(tx, import_id=agenda_id, seen=seen, scopes=scopes, said=said)
    )


@blueprint.post("/<uuid:agenda_id>/undoing")
@MAY["bring"]
def undone(agenda_id: UUID) -> Page | Response:
    """Take the programme back."""
    scopes = _scopes()
    return _change(agenda_id, lambda tx: undo(tx, import_id=agenda_id, scopes=scopes))


@blueprint.post("/<uuid:agenda_id>/discarding")
@MAY["bring"]
def discarded(agenda_id: UUID) -> Page | Response:
    """Let nothing come of it."""
    scopes = _scopes()
    command(lambda tx: discard(tx, import_id=agenda_id, scopes=scopes))
    return redirect(url_for("agendas.index"), 303)


def _change(agenda_id: UUID, work: Callable[[Transaction], object]) -> Page | Response:
    try:
        command(work)
    except Invalid as error:
        return _page(agenda_id, errors={error.field or "": error.sentence})
    except Refusal as error:
        return _page(agenda_id, refused=error)
    back = request.form.get("back", "")
    anchor = back if back.startswith("row-") or back in {"people", "agenda"} else None
    return redirect(url_for("agendas.page", agenda_id=agenda_id, _anchor=anchor), 303)


def _index(errors: dict[str, Sentence] | None = None) -> Page:
    asks = signed_in()
    with reading() as db:
        imports = imports_within(db, narrowed(asks.reads(*PLANNERS)))
        hosts = hosts_offered(_scopes(), regions(db))
    html = render_template(
        "scheduling/agendas.html",
        imports=imports,
        hosts=hosts,
        errors=errors or {},
        typed=request.form,
        STATES=STATES,
        may_bring=MAY["bring"].allows(asks),
    )
    return (html, 422) if errors else html


def _page(
    agenda_id: UUID, *, errors: dict[str, Sentence] | None = None, refused: Refusal | None = None
) -> Page:
    asks, this_year = signed_in(), edge().runtime.clock().astimezone(ZONE).year
    with reading() as db:
        made = import_within(db, agenda_id, asks.reads(*PLANNERS))
        found = preview(db, made)
        known = kinds(db)
        free = free_days(db, _days(found), region=made.host_region)
        sessions = sessions_of(db, made.programme_id) if made.programme_id else []
    waits = made.state == "staged"
    years = range(this_year - _AROUND, this_year + _AROUND + 1)
    fits = [year for year in years if year in found.book.fits]
    html = render_template(
        "scheduling/agenda.html",
        made=made,
        found=found,
        days=_by_day(found),
        anchors=_anchors(found),
        opened=request.args.get("row", ""),
        years=years,
        fits=fits,
        settled=[row for row in found.people if row.person_id],
        open=[row for row in found.people if row.open and waits],
        as_written=[row for row in found.people if not row.person_id and not (row.open and waits)],
        faulty=[row for row in found.trainees if not row.taken],
        likely=sum(row.likely is not None for row in found.people),
        warned=sum(problem.severity == "warning" for problem in found.book.problems),
        released=any(session.state != "draft" for session in sessions),
        gone=made.state == "confirmed" and not sessions,
        may_bring=MAY["bring"].allows(asks) and waits,
        may_undo=MAY["bring"].allows(asks),
        errors=errors or {},
        refused=refused.sentence if refused else None,
        STATES=STATES,
        KINDS=known,
        free=free,
        PROGRAMME_KINDS=PROGRAMME_KINDS,
        AS_WRITTEN=AS_WRITTEN,
    )
    return (html, 422) if errors else (html, int(refused.status)) if refused else html


def _by_day(found: Preview) -> list[tuple[date | str, list[EntryRow]]]:
    """The rows of the agenda under their days, or what stands in place of one, in the order of the sheet."""
    return [(day, list(rows)) for day, rows in groupby(found.entries, key=_day)]


#: Days of one row that are looked at: a slip of the pen may say a thousand years.
_MOST_DAYS = 400


def _days(found: Preview) -> set[date]:
    """Each day of the agenda; a row says its first and its last."""
    return {
        row.entry.days[0] + timedelta(days=number)
        for row in found.entries
        if row.entry.days
        for number in range(min((row.entry.days[-1] - row.entry.days[0]).days + 1, _MOST_DAYS))
    }


def _day(row: EntryRow) -> date | str:
    if row.entry.days:
        return row.entry.days[0]
    return next((" ".join(cell.text.split()) for cell in row.entry.cells if cell.field == "date"), "")


def _anchors(found: Preview) -> dict[str, str]:
    """Where each row stands on the page, by "sheet!row"."""
    rows = [f"{row.entry.sheet}!{row.entry.row}" for row in found.entries]
    rows += [row.trainee.key for row in found.trainees]
    return {row: f"row-{number}" for number, row in enumerate(rows, start=1)}


def _scopes() -> frozenset[str]:
    return signed_in().scopes(*PLANNERS)
