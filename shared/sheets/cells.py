"""The cells of a sheet as its XML gives them: one pass without a tree, so that 120,000 rows take seconds and little memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, TypeAlias
from xml.parsers import expat

from openpyxl.utils.datetime import from_excel

#: More than any office sends; what a hostile file may take of our memory.
ROWS, COLUMNS, FILLED, CHARACTERS = 250_000, 512, 4_000_000, 60_000_000
PIECES = 64  # of at most 32 KB: one cell's text
_DIGITS = "0123456789"


class TooLargeError(Exception):
    """A sheet holds more than we read."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that is computed. cached: what the program that saved it last made of it; nobody vouches for that."""

    cached: "str | int | float | bool | datetime | None"


Cell: TypeAlias = str | int | float | bool | datetime | Formula | None
#: Its number as the office's program shows it, and its cells from column A on.
Row: TypeAlias = tuple[int, list[Cell]]
#: First row, first column, last row, last column; columns from 0.
Merge: TypeAlias = tuple[int, int, int, int]


def expat_parser() -> expat.XMLParserType:
    """A parser that knows no entities: no part of a workbook has a document type, and one that has is an attack."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = 32 * 1024

    def refuse(*_: object) -> None:
        raise ValueError("a document type in a workbook")

    parser.StartDoctypeDeclHandler = refuse
    return parser


class SheetParser:
    """Reads one sheet: `rows` that hold something, in order, and `merges`."""

    def __init__(self, strings: Sequence[str], dates: Sequence[bool], epoch: datetime) -> None:
        """With the workbook's shared strings, which of its styles show dates, and where its days begin."""
        self.rows: list[Row] = []
        self.merges: list[Merge] = []
        self._strings, self._dates, self._epoch = strings, dates, epoch
        self._seen: dict[str, str] = {}
        self._letters: dict[str, int] = {}
        self._filled = self._characters = 0
        self._number = 0
        self._cells: list[Cell] = []
        self._column = -1
        self._type, self._style, self._formula = "n", 0, False
        self._text: list[str] = []
        self._phonetic = False
        self._starts: dict[str, Callable[[Mapping[str, str]], None]] = {}
        self._ends: dict[str, Callable[[], None]] = {}

    def read(self, stream: IO[bytes]) -> None:
        """Read it all. Raises TooLargeError, and ValueError or ExpatError where it is damaged."""
        parser = self._parser = expat_parser()
        parser.StartElementHandler = self._root
        parser.EndElementHandler = self._ended
        parser.ParseFile(stream)

    def _root(self, name: str, _: Mapping[str, str]) -> None:
        # Workbooks come in two namespaces; all of a sheet is in that of its root.
        prefix = name[: name.rfind(" ") + 1]
        starts = {
            "row": self._start_row,
            "c": self._start_cell,
            "f": self._start_formula,
            "v": self._start_text,
            "t": self._start_text,
            "rPh": self._start_phonetic,
            "mergeCell": self._merge,
        }
        ends = {
            "row": self._end_row,
            "c": self._end_cell,
            "v": self._end_text,
            "t": self._end_text,
            "rPh": self._end_phonetic,
        }
        self._starts = {prefix + tag: start for tag, start in starts.items()}
        self._ends = {prefix + tag: end for tag, end in ends.items()}
        self._parser.StartElementHandler = self._started

    def _started(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in self._starts:
            self._starts[name](attributes)

    def _ended(self, name: str) -> None:
        if name in self._ends:
            self._ends[name]()

    def _start_text(self, _: Mapping[str, str]) -> None:
        self._parser.CharacterDataHandler = None if self._phonetic else self._keep

    def _keep(self, piece: str) -> None:
        if len(self._text) > PIECES:
            raise TooLargeError
        self._text.append(piece)

    def _end_text(self) -> None:
        self._parser.CharacterDataHandler = None

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        number = attributes.get("r")
        self._number = int(number) if number else self._number + 1
        self._cells = []
        self._column = -1

    def _end_row(self) -> None:
        cells = self._cells
        if not cells:
            return
        self._filled += len(cells)
        if len(self.rows) >= ROWS or self._filled > FILLED:
            raise TooLargeError
        self.rows.append((self._number, cells))

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        get = attributes.get
        place = get("r")
        self._column = self._index(place) if place else self._column + 1
        self._type = get("t", "n")
        self._style = int(get("s", "0"))
        self._formula = False
        self._text.clear()

    def _start_formula(self, _: Mapping[str, str]) -> None:
        self._formula = True

    def _end_cell(self) -> None:
        if not self._text and not self._formula:
            return
        value = self._value("".join(self._text))
        if value is None or self._column >= COLUMNS:
            return
        cells = self._cells
        missing = self._column - len(cells)
        if missing >= 0:
            cells.extend([None] * missing)
            cells.append(value)
        else:
            cells[self._column] = value

    def _value(self, text: str) -> Cell:
        kind = self._type
        plain: str | int | float | bool | datetime | None
        if kind == "s":
            plain = self._strings[int(text)] if text else None
        elif kind in {"inlineStr", "str", "e"}:
            self._characters += len(text)
            if self._characters > CHARACTERS:
                raise TooLargeError
            plain = self._seen.setdefault(text, text) or None
        elif kind == "b":
            plain = text == "1"
        elif kind == "d":
            plain = datetime.fromisoformat(text)
        else:
            plain = self._number_of(text) if text else None
        if isinstance(plain, str) and not plain.strip():
            plain = None
        return Formula(plain) if self._formula else plain

    def _number_of(self, text: str) -> str | int | float | datetime:
        if self._style and self._style < len(self._dates) and self._dates[self._style]:
            return as_date(float(text), self._epoch) or text
        if text.isdecimal() and len(text) <= 18:  # noqa: PLR2004  more digits than any number here; a float cannot hold them
            return int(text)
        number = float(text)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number  # noqa: PLR2004  exact below

    def _index(self, place: str) -> int:
        letters = place.rstrip(_DIGITS)
        if letters not in self._letters:
            self._letters[letters] = index_of(letters)
        return self._letters[letters]

    def _start_phonetic(self, _: Mapping[str, str]) -> None:
        self._phonetic = True

    def _end_phonetic(self) -> None:
        self._phonetic = False

    def _merge(self, attributes: Mapping[str, str]) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        if last and len(self.merges) < ROWS:
            self.merges.append((*_corner(first), *_corner(last)))


def as_date(days: float, epoch: datetime) -> datetime | None:
    """The moment that a number of days stands for; None where there is none."""
    try:
        moment = from_excel(days, epoch)
    except (OverflowError, ValueError):
        return None
    if isinstance(moment, datetime):
        return moment
    if isinstance(moment, timedelta | time) or moment is None:
        return epoch + timedelta(days=days)
    return datetime.combine(date.fromisoformat(str(moment)), time())


def index_of(letters: str) -> int:
    """A column's number from 0 by its letters. Raises ValueError where they are none."""
    index = 0
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:  # noqa: PLR2004  XFD is the last
        raise ValueError(letters)
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def letters_of(index: int) -> str:
    """A column's letters by its number from 0."""
    letters = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        letters = chr(65 + digit) + letters
    return letters


def _corner(place: str) -> tuple[int, int]:
    letters = place.replace("$", "").rstrip(_DIGITS)
    return int(place.replace("$", "")[len(letters) :]), index_of(letters)
