"""Imports of rosters: the file as it came, what it would change row by row, what is wrong with it, what was answered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Base
from shared.auth import covers
from shared.db import Aggregate
from shared.errors import Refusal
from shared.text import Sentence

_WORDS = {
    "reading": ("正在读取", "is still being read"),
    "staged": ("还没有确认", "has not been confirmed"),
    "applying": ("正在写入", "is being applied"),
    "applied": ("已经写入", "has been applied"),
    "undoing": ("正在撤销", "is being undone"),
    "undone": ("已经撤销", "has been undone"),
    "discarded": ("已经放弃", "was discarded"),
}


#: Chosen where a row means nobody of the register.
NEW = "new"


class Import(Aggregate, Base):
    """A workbook on its way into the register: reading → staged → applying → applied → undoing → undone, or discarded.

    data: the file; empty once it was forgotten. scopes: where whoever brought it may import. region_code: the office's,
    empty until it is read. counts: rows by kind and action. job_id: the job that works on it now, or did last.
    read_at: when it was compared with the register; touches: the regions of all that it speaks of. chosen: whom a row of it
    means where that was asked, by its place (`sheet:row`): the id of a person, or NEW.
    """

    __tablename__ = "roster_imports"
    __table_args__ = (CheckConstraint(f"state IN {tuple(_WORDS)}", name="state"),)

    filename: Mapped[str]
    sha256: Mapped[str]
    data: Mapped[bytes] = mapped_column(deferred=True)
    by: Mapped[str]
    scopes: Mapped[list[str]]
    region_code: Mapped[str]
    state: Mapped[str]
    counts: Mapped[dict[str, Any]]
    job_id: Mapped[UUID | None]
    with_gone: Mapped[bool]
    staged_at: Mapped[datetime] = mapped_column(index=True)
    read_at: Mapped[datetime | None]
    touches: Mapped[list[str]]
    chosen: Mapped[dict[str, Any]]
    confirmed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    def is_within(self, scopes: Iterable[str]) -> bool:
        """Whether it is for somebody with these scopes: they hold those of who brought it, or all that it touches."""
        held = frozenset(scopes)
        if "all" in held or held.issuperset(self.scopes):
            return True
        return bool(self.touches) and all(
            any(covers(scope, region=region) for scope in held) for region in self.touches
        )

    def become(self, state: str, *, of: tuple[str, ...]) -> None:
        """Go on to `state`. Raises Refusal where it is not in one of the states `of`."""
        if self.state not in of:
            zh, en = _WORDS[self.state]
            raise Refusal(Sentence(zh=f"“{self.filename}”{zh}，不能这样做。", en=f"“{self.filename}” {en}."))
        self.state = state
        self.advance()


class ImportRow(Base):
    """What an import does to one thing of the register.

    action: `added`, `changed` or `gone`. base: the version that the preview was made from. after: the fields that it
    writes, before: those that they replace. version: what the row became, None until it is applied. skipped: it was left
    alone, because it had changed meanwhile; `why` says how (`changed`, `exists`, `left`, `merged`, `missing`). taken_back: an
    undoing has come by, whether it undid or skipped it.
    """

    __tablename__ = "roster_import_rows"
    __table_args__ = (Index("ix_roster_import_rows_of", "import_id", "kind", "action", "position"),)

    import_id: Mapped[UUID] = mapped_column(ForeignKey("roster_imports.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    action: Mapped[str]
    target_id: Mapped[UUID]
    label: Mapped[str]
    base: Mapped[int]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    version: Mapped[int | None]
    skipped: Mapped[bool]
    why: Mapped[str] = mapped_column(default="")
    taken_back: Mapped[bool] = mapped_column(default=False)


#: What a problem's severity means for its row.
SEVERITIES = {
    "stop": Sentence(zh="必须改正", en="Must be corrected"),
    "error": Sentence(zh="未写入", en="Left out"),
    "warning": Sentence(zh="请核对", en="Please check"),
}


class ImportProblem(Base):
    """Something wrong in the workbook, in words and with its place.

    asked: where a row may mean several people of the register, its place as in `Import.chosen`; candidates: they, each as
    an id and what tells them apart.
    """

    __tablename__ = "roster_import_problems"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("roster_imports.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    severity: Mapped[str]
    zh: Mapped[str]
    en: Mapped[str]
    asked: Mapped[str] = mapped_column(default="")
    candidates: Mapped[list[Any]] = mapped_column(JSON, default=list)


class ColumnAnswer(Base):
    """What an office said a column means; `field` is None for a column that is not needed."""

    __tablename__ = "roster_columns"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str | None]
