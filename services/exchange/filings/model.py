"""A filing form on its way in: the file as it came, and which of its rows are left out.

staged ──confirm──▶ confirmed ──undo, while nothing has followed──▶ staged
  └──discard──▶ discarded
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.exchange.base import Base
from shared.db import Aggregate
from shared.errors import Refusal
from shared.text import Sentence

STATES: Mapping[str, Sentence] = {
    "staged": Sentence(zh="待确认", en="To be confirmed"),
    "confirmed": Sentence(zh="已登记", en="Entered"),
    "discarded": Sentence(zh="已放弃", en="Discarded"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the form, as it says: empty where it says nothing. starts, ends: `YYYY-MM`. relation_moves: None if not said."""

    sheet: str
    row: int
    name: str = ""
    last4: str = ""
    kind: str = ""
    relation_moves: bool | None = None
    starts: str = ""
    ends: str = ""
    home: str = ""
    host: str = ""
    remark: str = ""

    @property
    def key(self) -> str:
        """The same at every reading, for what is decided about it."""
        return f"{self.sheet}!{self.row}"


class Filing(Aggregate, Base):
    """A form that may become placements. region: whose coordinators brought it; 000000 is everywhere.

    left_out: rows that are not taken, by `Entry.key`. batch: the mark of the placements that it became, new at each confirmation.
    taken: how many these are.
    """

    __tablename__ = "filings"
    __table_args__ = (CheckConstraint(f"state IN {tuple(STATES)}", name="state"),)

    #: The file holds names and digits of ids: the trail says that it came, never what is in it.
    personal: ClassVar[frozenset[str]] = frozenset({"data"})

    filename: Mapped[str]
    sha256: Mapped[str]
    data: Mapped[bytes] = mapped_column(deferred=True)
    by: Mapped[str]
    region: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    left_out: Mapped[list[str]]
    batch: Mapped[UUID | None]
    taken: Mapped[int]
    staged_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]

    def leave_out(self, row: str, *, out: bool) -> None:
        """Do not take a row, or take it after all. Raises Refusal."""
        self.insist_staged()
        rest = [each for each in self.left_out if each != row]
        self.left_out = [*rest, row] if out else rest
        self.advance()

    def confirm(self, batch: UUID, *, taken: int, at: datetime) -> None:
        """Its rows became placements. Raises Refusal."""
        self.insist_staged()
        self.state, self.batch, self.taken, self.finished_at = "confirmed", batch, taken, at
        self.advance()

    def undo(self) -> UUID:
        """Go back to before, and answer the mark of what it had become. Raises Refusal."""
        if self.state != "confirmed" or self.batch is None:
            raise Refusal(
                Sentence(zh="还没有登记，没有可撤销的内容。", en="Nothing was entered yet to take back.")
            )
        was, self.batch, self.taken, self.finished_at = self.batch, None, 0, None
        self.state = "staged"
        self.advance()
        return was

    def discard(self, *, at: datetime) -> None:
        """Nothing comes of it, and what is in it is not kept. Raises Refusal."""
        self.insist_staged()
        self.state, self.data, self.finished_at = "discarded", b"", at
        self.advance()

    def insist_staged(self) -> None:
        """Raise Refusal where nothing can be decided any more."""
        if self.state != "staged":
            said = STATES[self.state]
            raise Refusal(
                Sentence(
                    zh=f"“{self.filename}”{said.zh}，不能再改。",
                    en=f"“{self.filename}” cannot be changed any more: {said.en.lower()}.",
                )
            )
