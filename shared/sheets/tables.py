"""The tables of a sheet by what they mean, and their rows as records, with a problem for everything that is wrong."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.sheets.cells import Formula, Row, letters_of
from shared.sheets.fields import Field, Kind
from shared.sheets.headers import Column, Head, Heads
from shared.sheets.parsers import BadCell, shown
from shared.sheets.problems import UnknownColumn
from shared.sheets.totals import total_of
from shared.sheets.workbook import Sheet

_LOOKED_AT = 200  # rows that show what a column's values look like
_SAMPLES = 3
#: A sample is looked at by people and kept for them: the number of somebody's identity card is not.
_LONG_NUMBER = re.compile(r"\d{8,}(\d{3}[\dXx])")


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was found: where, of which kind, with which columns. row: the number of its head's last row."""

    sheet: str
    kind: Kind
    row: int
    columns: tuple[Column, ...]
    rows: Sequence[Row]

    def letter(self, field: str) -> str:
        """The letter of a field's column, or an empty text where it has none."""
        return next((letters_of(c.index) for c in self.columns if c.field and c.field.name == field), "")

    @property
    def missing(self) -> tuple[Field, ...]:
        """Fields without which no row says anything, and that have no column."""
        return tuple(one for one in self.kind.fields if one.required and not self.letter(one.name))

    def unknown(self) -> Iterator[UnknownColumn]:
        """The columns that hold something and that nobody understood."""
        named = {column.field.name for column in self.columns if column.field}
        choices = tuple((one.name, one.label) for one in self.kind.fields if one.name not in named)
        for column in self.columns:
            if column.field or column.ignored:
                continue
            if samples := _samples(self.rows, column.index):
                yield UnknownColumn(
                    sheet=self.sheet,
                    column=letters_of(column.index),
                    header=column.header,
                    key=f"{self.kind.name}/{column.key}",
                    kind=self.kind.name,
                    samples=tuple(_LONG_NUMBER.sub(r"…\1", sample) for sample in samples[:_SAMPLES]),
                    choices=choices,
                )


def tables_of(sheet: Sheet, kinds: Sequence[Kind], answers: Mapping[str, str | None]) -> list[Table]:
    """The tables of a sheet, below each other and side by side, wherever they begin and in whatever order their columns are.

    answers: what columns mean that somebody was asked about, by `UnknownColumn.key`.
    """
    heads = Heads(kinds, answers)
    rows = sheet.rows
    found: list[Head] = []
    title = sheet.name
    position = above = 0
    while position < len(rows):
        here = heads.at(rows, position, title, above)
        # Within a table, only a whole head begins another: words of heads are also values.
        if here and (not found or all(head.complete for head in here)):
            found.extend(here)
            position = above = max(head.last for head in here) + 1
            title = sheet.name
            continue
        words = {cell for cell in rows[position][1] if isinstance(cell, str)}
        if len(words) == 1:
            title = f"{title} {words.pop()[:100]}"
        position += 1
    return [_table(sheet, head, found) for head in found]


def _table(sheet: Sheet, head: Head, heads: Sequence[Head]) -> Table:
    left, right = head.columns[0].index, head.columns[-1].index
    beside = [
        other.columns[0].index for other in heads if other.first <= head.last and other.last >= head.first
    ]
    limit = min((index for index in beside if index > right), default=1 << 20)
    ends = (
        other.first
        for other in heads
        if other.first > head.last and other.columns[0].index < limit and other.columns[-1].index >= left
    )
    rows = sheet.rows[head.last + 1 : min(ends, default=len(sheet.rows))]
    widest = max((len(cells) for _, cells in rows[:_LOOKED_AT]), default=0)
    # A column may have lost its header: its values still say what it is, or it is asked about.
    headed = {column.index: column for column in head.columns}
    columns = [
        headed.get(index) or Column(index, "", f"column{letters_of(index).lower()}", None, ignored=False)
        for index in range(left, max(right + 1, min(limit, widest)))
    ]
    return Table(
        sheet.name, head.kind, sheet.rows[head.last][0], tuple(_guessed(head.kind, columns, rows)), rows
    )


def _guessed(kind: Kind, columns: Sequence[Column], rows: Sequence[Row]) -> Iterator[Column]:
    """The columns, with those whose header is unknown taken for what their values alone look like."""
    named = {column.field.name for column in columns if column.field}
    free = {one.name: one for one in kind.fields if one.name not in named}
    for column in columns:
        found = None
        if not column.field and not column.ignored:
            found = kind.alike(_samples(rows, column.index), free)
        if found is None:
            yield column
            continue
        del free[found.name]
        yield Column(column.index, column.header, column.key, found, ignored=False)


def _samples(rows: Sequence[Row], index: int) -> tuple[str, ...]:
    """Different values of a column's first rows, as their reader sees them."""
    found: dict[str, None] = {}
    for _, cells in rows[:_LOOKED_AT]:
        cell = cells[index] if index < len(cells) else None
        if isinstance(cell, Formula):
            cell = cell.cached
        if cell is None or total_of(cells):
            continue
        try:
            found[shown(cell)[:40]] = None
        except BadCell:
            continue
    return tuple(found)
