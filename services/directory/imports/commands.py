"""An import's life: sent, answered, confirmed, undone, discarded, tried again, forgotten. The long parts are jobs."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from services.directory.imports.model import ColumnAnswer, Import, ImportProblem, ImportRow
from services.directory.imports.queries import overtaking
from shared.db import Transaction
from shared.errors import Forbidden, NotFound, Refusal
from shared.ids import uuid7
from shared.jobs import enqueue, job
from shared.sheets.upload import opened
from shared.text import Sentence

_WORK = {"reading": "imports.read", "applying": "imports.apply", "undoing": "imports.undo"}
#: Rows that one run of the timer deletes, so that nobody waits long for it.
_FORGOTTEN = 5_000

_BY_REGION = Sentence(
    zh="花名册按区划导入，你负责的是教育集团。请交给所在区划的教研或人事管理员导入。",
    en="Rosters are imported region by region, and yours is an education group. "
    "Hand the workbook to the coordinator of the region.",
)
_TO_CORRECT = Sentence(
    zh="表中有必须先改正的问题，没有写入任何内容。",
    en="The workbook has problems that must be put right first. Nothing was applied.",
)


def stage(tx: Transaction, *, data: bytes, filename: str, scopes: Iterable[str]) -> Import:
    """Keep a workbook and have it read; nothing of the register changes.

    Raises Invalid for what is no workbook, and Forbidden where none of the scopes is of a region.
    """
    held = sorted(scopes)
    if why := why_not_bring(held):
        raise Forbidden(why)
    opened(data, filename=filename).close()
    made = Import(
        id=uuid7(),
        version=1,
        filename=filename[:200],
        sha256=hashlib.sha256(data).hexdigest(),
        data=data,
        by=tx.actor,
        scopes=held,
        region_code="",
        state="reading",
        counts={},
        touches=[],
        chosen={},
        with_gone=False,
        staged_at=tx.now,
    )
    tx.db.add(made)
    _work(tx, made)
    _record(tx, made, "sent")
    return made


def why_not_bring(scopes: Iterable[str]) -> Sentence | None:
    """Why somebody with these scopes brings in no rosters, if so."""
    return None if any(s == "all" or s.startswith("region:") for s in scopes) else _BY_REGION


def discard(tx: Transaction, *, import_id: UUID, scopes: Iterable[str]) -> Import:
    """Leave the register as it is. Raises NotFound, Forbidden and Refusal."""
    made = _theirs(tx, import_id, scopes)
    made.become("discarded", of=("reading", "staged"))
    made.finished_at = tx.now
    _record(tx, made, "discarded")
    return made


def answer(
    tx: Transaction, *, import_id: UUID, answers: Mapping[str, str | None], scopes: Iterable[str]
) -> None:
    """Remember what columns mean for the office, and read the workbook again.

    Raises NotFound, Forbidden and Refusal.
    """
    made = _theirs(tx, import_id, scopes)
    for key, field in answers.items():
        tx.db.merge(ColumnAnswer(region_code=made.region_code, key=key, field=field))
    _read_again(tx, made, of=("staged",))


def choose(tx: Transaction, *, import_id: UUID, chosen: Mapping[str, str], scopes: Iterable[str]) -> None:
    """Say whom rows mean that may mean several people, and read the workbook again; what nobody may mean counts as unsaid.

    chosen: as `Import.chosen`. Raises NotFound, Forbidden and Refusal.
    """
    made = _theirs(tx, import_id, scopes)
    made.chosen = {**made.chosen, **chosen}
    _read_again(tx, made, of=("staged",))


def confirm(tx: Transaction, *, import_id: UUID, scopes: Iterable[str], with_gone: bool = False) -> Import:
    """Apply what was staged. with_gone: people whom the sheet no longer has are marked as left.

    Raises NotFound, Forbidden and Refusal; also where another import has written since the preview was made.
    """
    made = _theirs(tx, import_id, scopes)
    if made.counts.get("stop"):
        raise Refusal(_TO_CORRECT)
    if other := overtaking(tx.db, made):
        raise Refusal(
            Sentence(
                zh=f"预览之后“{other.filename}”写入了同一区划。请重新读取，再看一遍变化。",
                en=f"“{other.filename}” has written to the same region since this preview. "
                "Read the workbook again and look at the changes once more.",
            )
        )
    made.become("applying", of=("staged",))
    made.with_gone, made.confirmed_at = with_gone, tx.now
    _work(tx, made)
    _record(tx, made, "confirmed")
    return made


def undo(tx: Transaction, *, import_id: UUID, scopes: Iterable[str]) -> Import:
    """Take back what an import wrote, also where it failed half-way; but for what was changed since.

    Raises NotFound, Forbidden and Refusal.
    """
    made = _theirs(tx, import_id, scopes)
    halted = made.state == "applying" and has_failed(tx, made)
    made.become("undoing", of=("applied", *(["applying"] if halted else [])))
    _work(tx, made)
    _record(tx, made, "undoing")
    return made


def try_again(tx: Transaction, *, import_id: UUID, scopes: Iterable[str]) -> Import:
    """Go on with what failed from where it stopped; a preview is made anew. Raises NotFound, Forbidden and Refusal."""
    made = _theirs(tx, import_id, scopes)
    if made.state == "staged":
        _read_again(tx, made, of=("staged",))
        return made
    if made.state not in _WORK or not has_failed(tx, made):
        raise Refusal(
            Sentence(
                zh=f"“{made.filename}”没有失败，不需要重试。",
                en=f"“{made.filename}” has not failed: there is nothing to try again.",
            )
        )
    if made.state == "reading":
        _read_again(tx, made, of=("reading",))
    else:
        _work(tx, made)
    return made


def has_failed(tx: Transaction, made: Import) -> bool:
    """Whether the work on it ended before it was done."""
    try:
        return made.job_id is None or job(tx.db, made.job_id).finished
    except NotFound:  # finished so long ago that it was forgotten
        return True


def forget_workbooks(tx: Transaction, *, keep: timedelta) -> int:
    """Forget workbooks sent longer than `keep` ago, and what was never applied of them; answers how many.

    A preview that nobody confirmed in that time is discarded. What was applied keeps its rows, by which it is undone.
    """
    before, held = tx.now - keep, sa.func.length(Import.data) > 0
    old = sa.select(Import).where(
        Import.staged_at < before, held, Import.state.not_in(["applying", "undoing"])
    )
    forgotten = list(tx.db.scalars(old.limit(20)))
    for made in forgotten:
        if made.state in {"reading", "staged"}:
            made.become("discarded", of=("reading", "staged"))
            made.finished_at = tx.now
        made.data = b""
        _record(tx, made, "forgotten")
    never = sa.select(Import.id).where(Import.state == "discarded", Import.staged_at < before)
    for kept in (ImportRow, ImportProblem):
        some = sa.select(kept.import_id, kept.position).where(kept.import_id.in_(never)).limit(_FORGOTTEN)
        tx.db.execute(sa.delete(kept).where(sa.tuple_(kept.import_id, kept.position).in_(some)))
    return len(forgotten)


def _read_again(tx: Transaction, made: Import, *, of: tuple[str, ...]) -> None:
    if not made.data:
        raise Refusal(
            Sentence(
                zh="上传的文件已按保存期限删除，请重新上传。",
                en="The file is no longer kept. Send it again.",
            )
        )
    made.become("reading", of=of)
    _work(tx, made)


def _work(tx: Transaction, made: Import) -> None:
    made.job_id = enqueue(tx, kind=_WORK[made.state], arguments={"import": str(made.id)})


def _record(tx: Transaction, made: Import, what: str) -> None:
    tx.record(what=f"directory.import.{what}", subject_kind="import", subject=made.id)


def _theirs(tx: Transaction, import_id: UUID, scopes: Iterable[str]) -> Import:
    made = tx.load(Import, import_id)
    if not made.is_within(scopes):
        raise Forbidden(Sentence(zh="这次导入不在你的范围内。", en="This import is outside your scope."))
    return made
