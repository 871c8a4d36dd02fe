"""The tables of a sheet by what they mean, and their rows as records, with a problem for everything that is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.sheets.cells import Cell, Formula, Row, letters_of
from shared.sheets.fields import Field, Kind, Record
from shared.sheets.headers import Column, Head, Heads
from shared.sheets.parsers import BadCell, Value, shown
from shared.sheets.problems import Problem, Severity, UnknownColumn
from shared.sheets.totals import Totals, is_note, total_of
from shared.sheets.workbook import Sheet
from shared.text import Sentence

_LOOKED_AT = 200  # rows that show what a column's values look like
_SAMPLES = 3


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

    def problem(self, row: int, field: str, sentence: Sentence, severity: Severity = "error") -> Problem:
        """Something wrong in a row of this table, found by whoever knows what rows mean together."""
        return Problem(self.sheet, row, self.letter(field), sentence, severity)

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
                    samples=samples[:_SAMPLES],
                    choices=choices,
                )

    def records(self, problems: list[Problem]) -> Iterator[Record]:
        """The rows that say something, one after the other; what is wrong is appended to `problems` on the way.

        A bad cell costs its row nothing else, but where the field is required the row is left out. Rows of totals and
        notes are no records. A table that misses a required column has none, and says so.
        """
        if self.missing:
            zh = "、".join(one.label.zh for one in self.missing)
            en = ", ".join(one.label.en for one in self.missing)
            sentence = Sentence(
                zh=f"没有找到“{zh}”列，这张表没有读取。",
                en=f"No column for {en} was found, so this table was not read.",
            )
            problems.append(Problem(self.sheet, self.row, "", sentence, "error"))
            return
        reader = _Reader(self, problems)
        for number, cells in self.rows:
            record = reader.read(number, cells)
            if record is not None:
                yield record


class _Reader:
    """Reads the rows of one table in their order."""

    def __init__(self, table: Table, problems: list[Problem]) -> None:
        self._table, self._problems = table, problems
        fields = [(c.index, letters_of(c.index), c.field) for c in table.columns if c.field]
        #: Most texts of a column come again and again: each is parsed once.
        self._plan: list[tuple[int, str, Field, dict[str, Value]]] = [(*one, {}) for one in fields]
        self._span = slice(table.columns[0].index, table.columns[-1].index + 1)
        self._required = [(field, letter) for _, letter, field in fields if field.required]
        self._totals = Totals(table.sheet, [(i, letter, field) for i, letter, field in fields])
        self._computed: set[str] = set()

    def read(self, number: int, cells: list[Cell]) -> Record | None:
        """The record of a row, or None where it says nothing, is a total or a note, or lacks what is required."""
        if label := total_of(cells[self._span]):
            self._problems.extend(self._totals.compare(number, label, cells))
            return None
        values, bad = self._values(number, cells)
        if not values and not bad:
            return None
        lacking = [(field, letter) for field, letter in self._required if field.name not in values]
        if lacking and is_note(cells[self._span]):
            return None
        self._totals.add(values)
        self._problems.extend(bad)
        if not lacking:
            return Record(number, values)
        faulty = {problem.column for problem in bad}
        self._problems.extend(
            Problem(self._table.sheet, number, letter, _lacking(field), "error")
            for field, letter in lacking
            if letter not in faulty
        )
        return None

    def _values(self, number: int, cells: list[Cell]) -> tuple[dict[str, Value], list[Problem]]:
        values: dict[str, Value] = {}
        bad: list[Problem] = []
        width = len(cells)
        for index, letter, field, known in self._plan:
            cell = cells[index] if index < width else None
            if isinstance(cell, Formula):
                cell = self._result(cell, number, letter)
            if cell is None:
                continue
            try:
                value = self._value(cell, field, known)
            except BadCell as error:
                bad.append(_bad(self._table.sheet, number, letter, field, error))
                continue
            if value not in ("", None, ()):
                values[field.name] = value
        return values, bad

    @staticmethod
    def _value(cell: Cell, field: Field, known: dict[str, Value]) -> Value:
        if not isinstance(cell, str):
            return field.parse(cell)
        if cell not in known:
            known[cell] = field.parse(cell)
        return known[cell]

    def _result(self, cell: Formula, number: int, letter: str) -> Cell:
        if letter not in self._computed:
            self._computed.add(letter)
            sentence = Sentence(
                zh="这里是公式，取的是表格上次保存时算出的值，可能已经过时；从这一行起请核对这一列。",
                en="This is a formula. What was taken is its result when the file was last saved, which may be out of date; "
                "check this column from here on.",
            )
            self._problems.append(Problem(self._table.sheet, number, letter, sentence, "warning"))
        return cell.cached


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
        if here := heads.at(rows, position, title, above):
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


def _bad(sheet: str, row: int, letter: str, field: Field, error: BadCell) -> Problem:
    zh, en = error.sentence.zh, error.sentence.en
    sentence = Sentence(zh=f"{field.label.zh}：{zh}", en=f"{field.label.en}: {en}")
    if field.required:
        sentence = Sentence(zh=f"{sentence.zh}这一行没有读取。", en=f"{sentence.en} This row was left out.")
    return Problem(sheet, row, letter, sentence, "error" if field.required else "warning")


def _lacking(field: Field) -> Sentence:
    return Sentence(
        zh=f"缺少{field.label.zh}，这一行没有读取。",
        en=f"{field.label.en} is missing. This row was left out.",
    )
