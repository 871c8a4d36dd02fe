"""Agendas on their way into programmes: the file as it came, what was put right, who was chosen, what became of it.

staged ──confirm──▶ confirmed ──undo, while all of it is a draft──▶ staged
  └──discard──▶ discarded
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from shared.db import Aggregate
from shared.errors import Refusal
from shared.text import Sentence

State = Literal["staged", "confirmed", "discarded"]

STATES: Mapping[str, Sentence] = {
    "staged": Sentence(zh="待确认", en="To be confirmed"),
    "confirmed": Sentence(zh="已建立项目", en="Became a programme"),
    "discarded": Sentence(zh="已放弃", en="Discarded"),
}
#: What is chosen for somebody instead of a person of the directory: as they are written.
AS_WRITTEN = "text"


class AgendaImport(Aggregate, Base):
    """A workbook that may become a programme. host_region: who would host it.

    title, year: where somebody said them; the workbook's own otherwise. kind: of the programme. corrections: by sheet and
    cell, what stands there instead. answers: what columns mean. choices: by `Trainee.key`, a person's id or AS_WRITTEN.
    left_out: rows that are not taken, as "sheet!row". programme_id: what it became.
    """

    __tablename__ = "agenda_imports"
    __table_args__ = (CheckConstraint(f"state IN {tuple(STATES)}", name="state"),)

    #: What is put right are names and phone numbers, too: the trail says that it was, never what.
    personal: ClassVar[frozenset[str]] = frozenset({"corrections", "choices", "data"})

    filename: Mapped[str]
    sha256: Mapped[str]
    data: Mapped[bytes] = mapped_column(deferred=True)
    by: Mapped[str]
    host_region: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    year: Mapped[int | None]
    corrections: Mapped[dict[str, Any]]
    answers: Mapped[dict[str, Any]]
    choices: Mapped[dict[str, Any]]
    left_out: Mapped[list[str]]
    programme_id: Mapped[UUID | None]
    staged_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]

    def correct(self, sheet: str, cells: Mapping[str, str | None]) -> None:
        """Put cells right; None goes back to what the file says. Raises Refusal."""
        self.insist_staged()
        there = dict(self.corrections.get(sheet, {}))
        for at, text in cells.items():
            if text is None:
                there.pop(at, None)
            else:
                there[at] = text
        others = {name: cells_ for name, cells_ in self.corrections.items() if name != sheet}
        self.corrections = {**others, sheet: there} if there else others
        self.advance()

    def describe(self, *, title: str, kind: str, year: int | None) -> None:
        """Say what the programme is called, of which kind it is, and of which year its days are. Raises Refusal."""
        self.insist_staged()
        self.title, self.kind, self.year = title, kind, year
        self.advance()

    def understand(self, answers: Mapping[str, str | None]) -> None:
        """Remember what columns mean. Raises Refusal."""
        self.insist_staged()
        self.answers = {**self.answers, **answers}
        self.advance()

    def choose(self, choices: Mapping[str, str]) -> None:
        """Remember who people on the list are. Raises Refusal."""
        self.insist_staged()
        self.choices = {**self.choices, **choices}
        self.advance()

    def leave_out(self, row: str, *, out: bool) -> None:
        """Take a row, or do not. Raises Refusal."""
        self.insist_staged()
        rest = [each for each in self.left_out if each != row]
        self.left_out = [*rest, row] if out else rest
        self.advance()

    def confirm(self, programme_id: UUID, *, at: datetime) -> None:
        """It became a programme. Raises Refusal."""
        self.insist_staged()
        self.state, self.programme_id, self.finished_at = "confirmed", programme_id, at
        self.advance()

    def undo(self) -> UUID:
        """Go back to before, and answer what it had become. Raises Refusal."""
        if self.state != "confirmed" or self.programme_id is None:
            raise Refusal(_NOT_CONFIRMED)
        was, self.programme_id = self.programme_id, None
        self.state, self.finished_at = "staged", None
        self.advance()
        return was

    def discard(self, *, at: datetime) -> None:
        """Nothing comes of it; names and phone numbers of those on its list are not kept. Raises Refusal."""
        self.insist_staged()
        self.state, self.finished_at = "discarded", at
        self.data, self.corrections, self.choices = b"", {}, {}
        self.advance()

    def insist_staged(self) -> None:
        """Raise Refusal where nothing can be put right any more."""
        if self.state != "staged":
            said = STATES[self.state]
            raise Refusal(
                Sentence(
                    zh=f"“{self.filename}”{said.zh}，不能再改。",
                    en=f"“{self.filename}” cannot be changed any more: {said.en.lower()}.",
                )
            )


_NOT_CONFIRMED = Sentence(
    zh="还没有建立项目，没有可撤销的内容。", en="There is no programme of it yet to take back."
)
