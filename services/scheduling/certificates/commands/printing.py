"""Setting the certificates of a programme to print, where they are too many for one request: part by part, kept."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.certificates.model import AT_ONCE, Sheets, SheetsPart
from services.scheduling.certificates.queries import certificates_of, no_such_certificate
from services.scheduling.hosting.model import may_host
from services.scheduling.programmes.model import Programme
from services.scheduling.programmes.queries import no_such_programme
from shared.db import Transaction
from shared.ids import uuid7
from shared.jobs import Done, More, Outcome, Step, enqueue

PRINT = "certificates"


def ask_to_print(tx: Transaction, *, programme_id: UUID, verified_at: str, scopes: Collection[str]) -> Sheets:
    """Let all that hold be set, in place of what was set before. verified_at: where a code is looked up.

    What is being set already goes on. Raises NotFound, also where there is nothing to print.
    """
    programme = tx.load(Programme, programme_id)  # two who ask at once ask for one
    if not may_host(scopes, programme.host_region):
        raise no_such_programme()
    total = len(certificates_of(tx.db, programme_id))
    if not total:
        raise no_such_certificate()
    before = tx.db.scalar(sa.select(Sheets).where(Sheets.programme_id == programme_id))
    if before is not None:
        if before.finished_at is None and before.total == total:
            return before
        tx.db.execute(sa.delete(SheetsPart).where(SheetsPart.sheets_id == before.id))
        tx.db.delete(before)
        tx.db.flush()  # a programme has one
    id_ = uuid7()
    enqueue(tx, kind=PRINT, arguments={"sheets": str(id_), "verified_at": verified_at}, id_=id_)
    sheets = Sheets(id=id_, programme_id=programme_id, total=total, asked_at=tx.now)
    tx.db.add(sheets)
    return sheets


def set_some(step: Step) -> Outcome:
    """One part: the next certificates by number, as a PDF that is kept."""
    # Reading the fonts and typst takes 40 MB, which the worker does without until somebody prints.
    from services.scheduling.certificates.commands.setting import as_pdf  # noqa: PLC0415

    id_ = UUID(step.arguments["sheets"])
    after, done, position = (step.checkpoint or {}).get("at", ("", 0, 0))
    with step.reading() as db:
        sheets = db.get(Sheets, id_)
        if sheets is None:
            return Done()  # somebody has asked anew
        found = [each for each in certificates_of(db, sheets.programme_id) if each.number > after][:AT_ONCE]
    if not found:
        return Done(effect=lambda tx: _finish(tx, id_))
    part = SheetsPart(
        sheets_id=id_,
        position=position,
        first=found[0].number,
        last=found[-1].number,
        data=as_pdf(found, verified_at=step.arguments["verified_at"]),
    )
    at = (found[-1].number, done + len(found), position + 1)
    return More(
        effect=lambda tx: _keep(tx, part), checkpoint={"at": at}, done=done + len(found), total=sheets.total
    )


def _keep(tx: Transaction, part: SheetsPart) -> None:
    if tx.db.get(Sheets, part.sheets_id) is not None:
        tx.db.merge(part)  # the effect may be done again


def _finish(tx: Transaction, id_: UUID) -> None:
    sheets = tx.db.get(Sheets, id_)
    if sheets is not None:
        sheets.finished_at = tx.now
