"""What a reader of a sheet tells of it: what is wrong where, and which columns nobody understood."""

from dataclasses import dataclass
from typing import Literal

from shared.text import Sentence

#: stop: nothing of the file may be applied while it stands. error: this row was left out. warning: the row was taken,
#: without the cell at fault or with something to look at.
Severity = Literal["stop", "error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place. row: as the office's program numbers it, 0 for the whole sheet; column: its letter or ""."""

    sheet: str
    row: int
    column: str
    sentence: Sentence
    severity: Severity = "warning"

    def told(self) -> Sentence:
        """The sentence with its place before it, as in "学校 第 7 行 G 列：…"."""
        zh, en = self.sheet, f"Sheet {self.sheet}"
        if self.row:
            zh, en = f"{zh} 第 {self.row} 行", f"{en}, row {self.row}"
        if self.column:
            zh, en = f"{zh} {self.column} 列", f"{en}, column {self.column}"
        return Sentence(zh=f"{zh}：{self.sentence.zh}", en=f"{en}: {self.sentence.en}")


@dataclass(frozen=True, slots=True)
class UnknownColumn:
    """A column of a table that was understood otherwise; somebody is asked once what it means.

    key: what the answer is remembered under (`Mapping[key, field or None]`). choices: names of fields that are still
    free, with their labels; None as an answer means that the column is not needed.
    """

    sheet: str
    column: str
    header: str
    key: str
    kind: str
    samples: tuple[str, ...]
    choices: tuple[tuple[str, Sentence], ...]
