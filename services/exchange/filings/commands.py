"""What may be done with filing forms. `scopes` are those of who asks."""

import hashlib
from collections.abc import Collection
from datetime import date
from uuid import UUID

from services.exchange.filings.model import Filing
from services.exchange.filings.policies import read_form
from services.exchange.filings.queries.staging import filing_within, no_such_filing, preview
from services.exchange.placements.commands import file_placement, withdraw_filed
from shared.auth import covers
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal, Stale
from shared.ids import uuid7
from shared.sheets.upload import named
from shared.text import Sentence

#: Bytes of a file, rows of a form.
LARGEST, MOST = 5 * 1024 * 1024, 2_000
EVERYWHERE = "000000"


def stage(tx: Transaction, *, data: bytes, filename: str, scopes: Collection[str]) -> Filing:
    """Keep a form to be looked at; nothing is entered yet. Raises Invalid for what holds no form, Forbidden."""
    regions = sorted(scope.removeprefix("region:") for scope in scopes if scope.startswith("region:"))
    if "all" not in scopes and not regions:
        raise Forbidden(Sentence(zh="备案表由区域登记。", en="Regions enter filing forms."))
    if len(data) > LARGEST:
        raise Invalid(
            Sentence(
                zh=f"“{named(filename)}”超过 5 MB，不像一份备案表。",
                en=f"“{named(filename)}” is over 5 MB, which is no filing form.",
            ),
            field="workbook",
        )
    entries, _, _ = read_form(data, filename=filename)
    if len(entries) > MOST:
        raise Invalid(
            Sentence(
                zh=f"一份备案表最多 {MOST} 行，请按县拆分。",
                en=f"A form has at most {MOST} rows. Split it by county.",
            ),
            field="workbook",
        )
    filing = Filing(
        id=uuid7(),
        version=1,
        filename=named(filename),
        sha256=hashlib.sha256(data).hexdigest(),
        data=data,
        by=tx.actor,
        region=EVERYWHERE if "all" in scopes else regions[0],
        state="staged",
        left_out=[],
        taken=0,
        staged_at=tx.now,
    )
    tx.db.add(filing)
    tx.record(what="exchange.filing.staged", subject_kind="filing", subject=filing.id)
    return filing


def leave_out(tx: Transaction, *, filing_id: UUID, row: str, out: bool, scopes: Collection[str]) -> Filing:
    """Do not take a row, or take it after all. Raises NotFound, Refusal."""
    filing = _theirs(tx, filing_id, scopes)
    filing.leave_out(row[:200], out=out)
    return filing


def confirm(
    tx: Transaction, *, filing_id: UUID, seen: int | None, today: date, scopes: Collection[str]
) -> Filing:
    """Enter every row that can be, all or nothing. Rows that are refused stay out. Raises NotFound, Stale, Refusal, Invalid."""
    filing = _theirs(tx, filing_id, scopes)
    filing.insist_staged()
    if seen is not None and seen != filing.version:
        raise Stale(
            Sentence(
                zh="你打开页面之后，别人改过这份备案表。请核对现在的内容，再确认。",
                en="Somebody changed this form since you opened the page. Look at it as it is now, then confirm.",
            ),
            seen=seen,
            now=filing.version,
        )
    found = preview(tx.db, filing_within(tx.db, filing_id, scopes), scopes)
    if reason := found.why_not:
        raise Refusal(reason)
    batch = uuid7()
    for row in found.taken:
        assert row.plan is not None  # noqa: S101  taken rows have one
        file_placement(
            tx,
            id_=uuid7(),
            plan=row.plan,
            notes=row.findings,
            today=today,
            source=filing.filename,
            import_id=batch,
            import_row=row.entry.row,
        )
    filing.confirm(batch, taken=len(found.taken), at=tx.now)
    tx.record(what="exchange.filing.confirmed", subject_kind="filing", subject=filing.id)
    return filing


def undo(tx: Transaction, *, filing_id: UUID, scopes: Collection[str]) -> Filing:
    """Withdraw all that it became, while nothing has followed. Raises NotFound, Refusal."""
    filing = _theirs(tx, filing_id, scopes)
    withdraw_filed(tx, import_id=filing.undo())
    tx.record(what="exchange.filing.undone", subject_kind="filing", subject=filing.id)
    return filing


def discard(tx: Transaction, *, filing_id: UUID, scopes: Collection[str]) -> Filing:
    """Let nothing come of it. Raises NotFound, Refusal."""
    filing = _theirs(tx, filing_id, scopes)
    filing.discard(at=tx.now)
    tx.record(what="exchange.filing.discarded", subject_kind="filing", subject=filing.id)
    return filing


def _theirs(tx: Transaction, filing_id: UUID, scopes: Collection[str]) -> Filing:
    filing = tx.load(Filing, filing_id)
    if not any(covers(scope, region=filing.region) for scope in scopes):
        raise no_such_filing()
    return filing
