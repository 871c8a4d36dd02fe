"""The rows of a table as records, with a problem for everything that is wrong in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.sheets.cells import Cell, Formula, letters_of
from shared.sheets.fields import Field
from shared.sheets.parsers import BadCell, Value
from shared.sheets.problems import Problem
from shared.sheets.tables import Table
from shared.sheets.totals import Totals, is_note, total_of
from shared.text import Sentence

_FEW = 4  # columns that a note may spread over, and every row of more is none


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a table: what its cells say, by the names of the fields. Fields without a column or a good cell are absent."""

    table: Table
    row: int
    values: Mapping[str, Value]

    @property
    def sheet(self) -> str:
        """The name of the sheet that it stands in."""
        return self.table.sheet

    def text(self, name: str) -> str:
        """A text, or an empty one."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def whole(self, name: str) -> int | None:
        """A whole number, where there is one."""
        value = self.values.get(name)
        return value if isinstance(value, int) else None

    def listed(self, name: str) -> tuple[str, ...]:
        """The parts of a list, none where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, tuple) else ()


def records_of(table: Table, problems: list[Problem]) -> Iterator[Record]:
    """The rows that say something, one after the other; what is wrong is appended to `problems` on the way.

    A bad cell costs its row nothing else, but where the field is required the row is left out. Rows of totals and
    notes are no records. A table that misses a required column has none, and says so.
    """
    if table.missing:
        zh = "、".join(one.label.zh for one in table.missing)
        en = ", ".join(one.label.en for one in table.missing)
        sentence = Sentence(
            zh=f"没有找到“{zh}”列，这张表没有读取。",
            en=f"No column for {en} was found, so this table was not read.",
        )
        problems.append(Problem(table.sheet, table.row, "", sentence, "error"))
        return
    reader = _Reader(table, problems)
    for number, cells in table.rows:
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
        mine = cells[self._span]
        if (len(values) < _FEW or mine[0] == mine[-1]) and is_note(mine):
            return None
        lacking = [(field, letter) for field, letter in self._required if field.name not in values]
        self._totals.add(values)
        self._problems.extend(bad)
        if not lacking:
            return Record(self._table, number, values)
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
