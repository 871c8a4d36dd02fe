"""Finding the heads of tables: one to three rows whose words mean the fields of a kind, wherever they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared.sheets.cells import Cell, Row
from shared.sheets.fields import Field, Kind
from shared.sheets.words import key

#: Under a parent, the column of the parent itself.
_OF_ALL = frozenset({"合计", "小计", "总计", "计", "总数", "人数", "total", "subtotal", "all"})
_DEPTH = 3
_YEARS = range(1990, 2101)
_LONGEST = 60  # characters of a header


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a head: its place from 0, its words as written, their key, and the field that they mean."""

    index: int
    header: str
    key: str
    field: Field | None
    ignored: bool


@dataclass(frozen=True, slots=True)
class Head:
    """A head that was found. first and last: positions of its rows in the sheet's list of rows."""

    kind: Kind
    first: int
    last: int
    columns: tuple[Column, ...]

    @property
    def rank(self) -> tuple[int, int, int]:
        """What makes one reading of the same rows better than another."""
        fields = {column.field.name for column in self.columns if column.field}
        return int(self.complete), len(fields), self.first - self.last

    @property
    def complete(self) -> bool:
        """Whether every required field has a column."""
        fields = {column.field.name for column in self.columns if column.field}
        return all(one.name in fields for one in self.kind.fields if one.required)


class Heads:
    """Finds heads in the rows of one sheet. answers: what headers mean that somebody was asked about."""

    def __init__(self, kinds: Sequence[Kind], answers: Mapping[str, str | None]) -> None:
        """For all sheets of a workbook."""
        self._kinds, self._answers = kinds, answers
        self._words = {word for kind in kinds for word in kind.words()} | {
            answer.partition("/")[2] or answer for answer in answers
        }
        self._keys: dict[str, str] = {}

    def at(self, rows: Sequence[Row], position: int, title: str, above: int) -> list[Head]:
        """The heads of the tables side by side that have the row at `position` in their head; none where it is data.

        title: words above that may tell kinds apart. above: the first position that a head may begin at.
        """
        cells = rows[position][1]
        if not self._wordy(cells, share=3):
            return []
        found: list[Head] = []
        for left, right in _segments(cells):
            best = self._best(rows, position, title, above, (left, right))
            if best is not None:
                found.extend(_apart(best))
        whole = self._best(rows, position, title, above, (0, _width(rows, position)))
        if whole is None:
            return found
        parts = _apart(whole)
        # A blank in a head is a boundary only where there is a whole table on each side of it.
        apart = len(found) > len(parts) and all(head.complete for head in found)
        return found if apart else parts

    def _best(
        self, rows: Sequence[Row], position: int, title: str, above: int, span: tuple[int, int]
    ) -> Head | None:
        best: tuple[tuple[int, int, int], bool, Head] | None = None
        for first in range(max(above, position - _DEPTH + 1), position + 1):
            for last in range(position, min(first + _DEPTH, len(rows))):
                if last > position and not self._goes_on(rows[last - 1][1], rows[last][1]):
                    break
                for kind in self._kinds:
                    head = Head(kind, first, last, tuple(self._columns(kind, rows, first, last, span)))
                    if not _plausible(head):
                        continue
                    this = (head.rank, kind.titled(title), head)
                    if best is None or this[:2] > best[:2]:
                        best = this
        return best[2] if best else None

    def _goes_on(self, parent: Sequence[Cell], cells: Sequence[Cell]) -> bool:
        """Whether a row belongs to the head that the row above is in: words alone, dividing columns or known themselves."""
        return (_worded(cells) and _divides(parent, cells)) or self._wordy(cells, share=2)

    def _wordy(self, cells: Sequence[Cell], *, share: int) -> bool:
        """Whether two words or more of a row are of heads, and at least one in `share`."""
        if not _worded(cells):
            return False
        words = {cell for cell in cells if isinstance(cell, str)}
        known = sum(self._key(word) in self._words for word in words)
        return known > 1 and share * known >= len(words)

    def _columns(
        self, kind: Kind, rows: Sequence[Row], first: int, last: int, span: tuple[int, int]
    ) -> list[Column]:
        found = []
        for index in range(*span):
            path = _path(rows[first : last + 1], index)
            if not path:
                continue
            keys = [self._key(part) for part in path]
            joined = "".join(k for k in keys if k)
            tried = [joined, "".join(keys[-2:]), keys[-1]]
            if len(keys) > 1 and keys[-1] in _OF_ALL:
                tried.append(keys[-2])
            found.append(self._column(kind, index, " / ".join(path), joined, tried))
        return found

    def _column(self, kind: Kind, index: int, header: str, joined: str, tried: Sequence[str]) -> Column:
        for k in (f"{kind.name}/{joined}", joined):
            if k in self._answers:
                answer = self._answers[k]
                field = kind.called(answer) if answer else None
                if field or answer is None:
                    return Column(index, header, joined, field, ignored=field is None)
        for k in tried:
            if kind.knows(k):
                field = kind.meaning(k)
                return Column(index, header, joined, field, ignored=field is None)
        return Column(index, header, joined, None, ignored=False)

    def _key(self, text: str) -> str:
        if len(text) > _LONGEST:
            return ""
        if text not in self._keys:
            if len(self._keys) > 500_000:  # noqa: PLR2004  every text of every cell passes here
                self._keys.clear()
            self._keys[text] = key(text)
        return self._keys[text]


def _worded(cells: Sequence[Cell]) -> bool:
    """Whether there are words alone, or years among them: what a head may have."""
    return all(
        cell is None or isinstance(cell, str) or (isinstance(cell, int) and cell in _YEARS) for cell in cells
    )


def _plausible(head: Head) -> bool:
    """Whether rows are a head of this kind: at least two fields, and most of their words known."""
    named = [column for column in head.columns if column.header]
    known = [column for column in named if column.field or column.ignored]
    fields = {column.field.name for column in named if column.field}
    return len(fields) > 1 and 2 * len(known) >= len(named)


def _apart(head: Head) -> list[Head]:
    """Tables side by side without a blank between them: a field that comes again begins the next table."""
    parts: list[list[Column]] = [[]]
    for column in head.columns:
        seen = {one.field.name for one in parts[-1] if one.field}
        if column.field and column.field.name in seen:
            parts.append([])
        parts[-1].append(column)
    heads = [Head(head.kind, head.first, head.last, tuple(part)) for part in parts]
    if all(one.complete for one in heads):
        return heads
    # No second table, but several columns of one meaning: the one that is called so counts, and the others are asked about.
    counted: dict[str, Column] = {}
    for column in head.columns:
        if column.field and (column.field.name not in counted or column.key == key(column.field.label.zh)):
            counted[column.field.name] = column
    columns = tuple(
        column
        if column.field is None or counted[column.field.name] is column
        else replace(column, field=None)
        for column in head.columns
    )
    return [replace(head, columns=columns)]


def _path(rows: Sequence[Row], index: int) -> list[str]:
    """The words above a column from the top down, each level once; a parent also stands for the blanks to its right."""
    path: list[str] = []
    for depth, (_, cells) in enumerate(rows):
        cell = cells[index] if index < len(cells) else None
        if cell is None and depth < len(rows) - 1 and _text(rows[-1][1], index):
            cell = next((c for c in reversed(cells[:index]) if c is not None), None)
        if (
            isinstance(cell, str)
            and cell.strip()
            and len(cell) <= _LONGEST
            and (not path or path[-1] != cell)
        ):
            path.append(" ".join(cell.split()))
    return path


def _divides(parent: Sequence[Cell], cells: Sequence[Cell]) -> bool:
    """Whether a row only divides the columns of the row above: its own words stand under parents that span several."""
    for index in range(len(cells)):
        word, over = _text(cells, index), _text(parent, index)
        if not word or word == over or not over:
            continue
        right, left = _text(parent, index + 1), _text(parent, index - 1)
        spans = over in {right, left} or (not right and bool(_text(cells, index + 1)))
        if not spans:
            return False
    return True


def _segments(cells: Sequence[Cell]) -> list[tuple[int, int]]:
    """The runs of cells between blanks."""
    found, start = [], None
    for index, cell in enumerate([*cells, None]):
        if cell is not None and start is None:
            start = index
        elif cell is None and start is not None:
            found.append((start, index))
            start = None
    return found


def _width(rows: Sequence[Row], position: int) -> int:
    return max(len(cells) for _, cells in rows[position : position + _DEPTH])


def _text(cells: Sequence[Cell], index: int) -> str:
    cell = cells[index] if 0 <= index < len(cells) else None
    return cell.strip() if isinstance(cell, str) else ""
