"""Pages of filing forms: bring one, look at its rows, confirm, take back."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.exchange.filings.commands import LARGEST, confirm, discard, leave_out, stage, undo
from services.exchange.filings.model import STATES
from services.exchange.filings.policies import MAY_FILE, MAY_SEE
from services.exchange.filings.queries.staging import filing_within, filings_within, preview
from services.exchange.placements.model import KINDS
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.rendering import ZONE

blueprint = Blueprint("filings", __name__, url_prefix="/exchange/filings", template_folder="../templates")
Page = str | tuple[str, int]

#: What a form adds to the file in it, in bytes.
_FORM = 64 * 1024


@blueprint.get("")
@MAY_SEE
def index() -> Page:
    """The forms that were brought, the latest first."""
    return _index()


@blueprint.post("")
@MAY_FILE
def send() -> Page | Response:
    """Take in a workbook; nothing is entered yet."""
    request.max_content_length = LARGEST + _FORM
    file = request.files.get("workbook")
    if file is None or not file.filename:
        return _index(
            Sentence(zh="请先选择一个 Excel 文件（.xlsx）。", en="Choose an Excel file (.xlsx) first.")
        )
    data, filename, scopes = file.read(), file.filename, _scopes()
    try:
        id_ = command(lambda tx: stage(tx, data=data, filename=filename, scopes=scopes).id)
    except (Invalid, Forbidden) as error:
        return _index(error.sentence)
    return redirect(url_for("filings.page", filing_id=id_), 303)


@blueprint.get("/<uuid:filing_id>")
@MAY_SEE
def page(filing_id: UUID) -> Page:
    """What each row would become, and what is wrong."""
    return _page(filing_id)


@blueprint.post("/<uuid:filing_id>/rows")
@MAY_FILE
def row_left_out(filing_id: UUID) -> Page | Response:
    """Leave a row out, or take it after all."""
    row, out, scopes = request.form.get("row", ""), request.form.get("out") == "yes", _scopes()
    return _change(filing_id, lambda tx: leave_out(tx, filing_id=filing_id, row=row, out=out, scopes=scopes))


@blueprint.post("/<uuid:filing_id>/confirmation")
@MAY_FILE
def confirmed(filing_id: UUID) -> Page | Response:
    """Enter what can be."""
    seen, scopes = request.form.get("seen", type=int), _scopes()
    today = edge().runtime.clock().astimezone(ZONE).date()
    return _change(
        filing_id, lambda tx: confirm(tx, filing_id=filing_id, seen=seen, today=today, scopes=scopes)
    )


@blueprint.post("/<uuid:filing_id>/undoing")
@MAY_FILE
def undone(filing_id: UUID) -> Page | Response:
    """Take back what it became."""
    scopes = _scopes()
    return _change(filing_id, lambda tx: undo(tx, filing_id=filing_id, scopes=scopes))


@blueprint.post("/<uuid:filing_id>/discarding")
@MAY_FILE
def discarded(filing_id: UUID) -> Page | Response:
    """Let nothing come of it."""
    scopes = _scopes()
    return _change(filing_id, lambda tx: discard(tx, filing_id=filing_id, scopes=scopes))


def _change(filing_id: UUID, work: Callable[[Transaction], object]) -> Page | Response:
    try:
        command(work)
    except (Invalid, Refusal) as error:
        return _page(filing_id, refused=error.sentence)
    return redirect(url_for("filings.page", filing_id=filing_id), 303)


def _index(error: Sentence | None = None) -> Page:
    asks = signed_in()
    with reading() as db:
        filings = filings_within(db, asks.reads("administrator", "coordinator"))
    html = render_template(
        "exchange/filings.html",
        filings=filings,
        STATES=STATES,
        error=error,
        may_file=MAY_FILE.allows(asks),
    )
    return (html, 422) if error else html


def _page(filing_id: UUID, *, refused: Sentence | None = None) -> Page:
    asks = signed_in()
    scopes = asks.reads("administrator", "coordinator")
    with reading() as db:
        found = preview(db, filing_within(db, filing_id, scopes), scopes)
    html = render_template(
        "exchange/filing.html",
        found=found,
        filing=found.filing,
        STATES=STATES,
        KINDS=KINDS,
        refused=refused,
        warned=sum(bool(row.findings) for row in found.taken),
        may_file=MAY_FILE.allows(asks),
    )
    return (html, 409) if refused else html


def _scopes() -> frozenset[str]:
    return signed_in().scopes("administrator", "coordinator")
