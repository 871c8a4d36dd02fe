"""The rows of a workbook's tables, as put right, each cell with its place, and the problems found in them."""

from collections.abc import Iterator, Mapping

from services.scheduling.agendas.model.sheets import Cell, Corrections
from services.scheduling.agendas.policies.days import read_day, written
from services.scheduling.agendas.policies.vocabulary import AGENDA, GRID, TRAINEES
from shared.errors import Invalid
from shared.sheets.cells import Cell as Held
from shared.sheets.cells import Formula, letters_of
from shared.sheets.fields import Field
from shared.sheets.parsers import BadCell, Value
from shared.sheets.problems import Problem, Severity, UnknownColumn
from shared.sheets.tables import Table, tables_of
from shared.sheets.totals import is_note, total_of
from shared.sheets.upload import named
from shared.sheets.workbook import Sheet, sheets_of
from shared.text import Sentence

#: Rows of a workbook; an agenda has dozens, a list of trainees hundreds. Rosters of regions go another way.
MOST = 3_000
_TITLE = 20  # characters


class Sheets:
    """The tables of a workbook, and what is wrong in it."""

    def __init__(
        self,
        data: bytes,
        *,
        filename: str,
        corrections: Corrections,
        answers: Mapping[str, str | None],
    ) -> None:
        """Finds the tables. Raises Invalid where the bytes are no workbook to read, or have no table of either kind."""
        self.names: list[str] = []
        self._problems: dict[Problem, None] = {}
        self._found: list[tuple[_Corrected, Table]] = []
        count = 0
        for sheet in sheets_of(data, filename=filename):
            count += len(sheet.rows)
            if count > MOST:
                raise _too_many(filename)
            corrected = _Corrected(sheet, corrections.get(sheet.name, {}))
            tables = tables_of(sheet, (AGENDA, GRID, TRAINEES), answers)
            self.names.append(sheet.name)
            self._found.extend((corrected, table) for table in tables)
            if not tables and sheet.rows:
                self.tell(sheet.name, 0, "", "这张工作表里没有认出日程或名单，没有读取。", "No agenda and no list was recognised in this sheet; it was not read.", "warning")  # fmt: skip
        if not self._found:
            raise _no_table(filename)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was found to be wrong so far, in the order it was found, each once."""
        return tuple(self._problems)

    @property
    def unknown(self) -> tuple[UnknownColumn, ...]:
        """The columns that nobody understood."""
        return tuple(column for _, table in self._found for column in table.unknown())

    def above(self, *kinds: str) -> Iterator[list[Held]]:
        """The rows above the first table of each sheet that has one of these kinds, its head left out."""
        seen = set()
        for corrected, table in self._found:
            if table.kind.name not in kinds or table.sheet in seen:
                continue
            seen.add(table.sheet)
            for number, cells in corrected.sheet.rows:
                words = {cell for cell in cells if isinstance(cell, str)}
                if number >= table.row or sum(table.kind.knows(_bare(word)) for word in words) > 1:
                    break
                yield cells

    def rows(self, kind: str) -> Iterator["Row"]:
        """The rows that say anything, of all tables of a kind."""
        for corrected, table in self._found:
            if table.kind.name != kind:
                continue
            if table.missing:
                zh, en = "、".join(f.label.zh for f in table.missing), ", ".join(f.label.en for f in table.missing)  # fmt: skip
                self.tell(table.sheet, table.row, "", f"没有找到“{zh}”列，这张表没有读取。", f"No column for {en} was found, so this table was not read.", "error")  # fmt: skip
                continue
            computed: set[str] = set()
            for number, cells in table.rows:
                row = Row(self, corrected, table, number, cells, computed)
                if row.says:
                    yield row

    def tell(self, sheet: str, row: int, column: str, zh: str, en: str, severity: Severity) -> None:
        """Something is wrong somewhere; told once for each place."""
        problem = Problem(sheet, row, column, Sentence(zh=zh, en=en), severity)
        self._problems.setdefault(problem)


class Row:
    """A row of a table. note: its text where it is no record but a note, or the day of what follows."""

    def __init__(
        self,
        sheets: Sheets,
        corrected: "_Corrected",
        table: Table,
        number: int,
        cells: list[Held],
        computed: set[str],
    ) -> None:
        self.sheet, self.number = table.sheet, number
        self._sheets, self._corrected, self._table = sheets, corrected, table
        span = cells[table.columns[0].index : table.columns[-1].index + 1]
        self.says = any(cell is not None for cell in span) and not total_of(span)
        self.note = _note(table, cells) if self.says else None
        self._values: dict[str, Value] = {}
        self._cells: list[Cell] = []
        if self.says and self.note is None:
            for column in table.columns:
                if column.field:
                    held = cells[column.index] if column.index < len(cells) else None
                    self._read(column.field, column.index, held, computed)

    @property
    def titles_a_list(self) -> bool:
        """Whether its note is no more than the title of the list below it."""
        return (
            bool(self.note)
            and TRAINEES.titled(self.note or "")
            and len(self.note or "") < _TITLE
            and not set(self.note or "") & set(":：")
        )

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Its cells that have a meaning, in their order."""
        return tuple(self._cells)

    def text(self, field: str) -> str:
        """What a field says; empty where it says nothing, or nothing that can be read."""
        value = self._values.get(field)
        return value if isinstance(value, str) else ""

    def at(self, field: str) -> str:
        """The cell of a field, as in "A4": the first of those that are merged. Empty where there is no such column."""
        letter = self._table.letter(field)
        return "".join(map(str, self._corrected.first(letter, self.number))) if letter else ""

    def tell(self, field: str, zh: str, en: str, severity: Severity = "warning") -> None:
        """Something is wrong with a field of this row."""
        letter, number = self._table.letter(field), self.number
        if letter:
            letter, number = self._corrected.first(letter, number)
        self._sheets.tell(self.sheet, number, letter, zh, en, severity)

    def _read(self, field: Field, index: int, held: Held, computed: set[str]) -> None:
        name, letter = field.name, letters_of(index)
        if isinstance(held, Formula):
            if letter not in computed:
                computed.add(letter)
                self.tell(name, "这里是公式，取的是上次保存时的结果，请核对这一列。", "This is a formula; its result when the file was last saved was taken. Check this column.")  # fmt: skip
            held = held.cached
        shown = "" if held is None else _shown(held)
        if held is not None:
            try:
                self._values[name] = field.parse(held)
            except BadCell as error:
                zh, en = error.sentence.zh, error.sentence.en
                self.tell(name, f"{field.label.zh}：{zh}", f"{field.label.en}: {en}", "error" if field.required else "warning")  # fmt: skip
        at = self._corrected.first(letter, self.number)
        self._cells.append(Cell(f"{at[0]}{at[1]}", name, field.label, shown, self._corrected.before.get(at)))


class _Corrected:
    """A sheet with what was put right; a merged cell is put right as a whole. before: what the file has there."""

    def __init__(self, sheet: Sheet, corrections: Mapping[str, str]) -> None:
        self.sheet = sheet
        self.before: dict[tuple[str, int], str] = {}
        self._firsts: dict[tuple[str, int], tuple[str, int]] = {}
        rows = dict(sheet.rows)
        for top, left, bottom, right in sheet.merges:
            if bottom - top <= MOST and right - left <= 64:  # noqa: PLR2004  columns that people merge
                for number in range(top, bottom + 1):
                    for index in range(left, right + 1):
                        self._firsts[letters_of(index), number] = letters_of(left), top
        for at, text in corrections.items():
            letters = at.rstrip("0123456789")
            place = letters, int(at[len(letters) :] or 0)
            spread = [each for each, first in self._firsts.items() if first == place] or [place]
            for letter, number in spread:
                cells, index = rows.get(number), _index(letter)
                if cells is None:
                    continue
                cells.extend([None] * (index + 1 - len(cells)))
                self.before.setdefault(place, _shown(cells[index]) if cells[index] is not None else "")
                cells[index] = text.strip() or None

    def first(self, letter: str, number: int) -> tuple[str, int]:
        """The first of the cells that a cell is merged with, or the cell itself."""
        return self._firsts.get((letter, number), (letter, number))


def _note(table: Table, cells: list[Held]) -> str | None:
    """The one text of a row that is a note, a day for what follows, or stands where no field is."""
    span = cells[table.columns[0].index : table.columns[-1].index + 1]
    words = {cell for cell in span if isinstance(cell, str)}
    if is_note(span):
        return next(cell for cell in span if isinstance(cell, str))
    if len(words) != 1 or sum(cell is not None for cell in span) > 1:
        return None
    (word,) = words
    place = next(i for i, cell in enumerate(cells) if cell == word and i >= table.columns[0].index)
    field = next((c.field for c in table.columns if c.index == place), None)
    is_first = place == table.columns[0].index and table.kind is not TRAINEES
    if table.kind is not TRAINEES and TRAINEES.titled(word) and len(word) < _TITLE:
        return word  # of the list below
    return word if field is None or (is_first and field.name != "title") or read_day(word) else None


def _shown(held: Held) -> str:
    try:
        return written(held)
    except BadCell:
        return str(held.cached if isinstance(held, Formula) else held)


def _bare(word: str) -> str:
    return "".join(word.split()).lower()


def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _too_many(filename: str) -> Invalid:
    name = named(filename)
    return Invalid(
        Sentence(
            zh=f"“{name}”超过 {MOST} 行，不像一份日程。请只保留日程和学员名单。",
            en=f"“{name}” has over {MOST} rows, which is no agenda. Keep the agenda and the list of trainees only.",
        ),
        field="file",
    )


def _no_table(filename: str) -> Invalid:
    name = named(filename)
    return Invalid(
        Sentence(
            zh=f"“{name}”里没有认出日程或学员名单。表头里应有“日期、时间、内容”或“姓名、单位”。",
            en=f"Neither an agenda nor a list of trainees was recognised in “{name}”. Their heads name a date, a time and the "
            "content, or names and units.",
        ),
        field="file",
    )
