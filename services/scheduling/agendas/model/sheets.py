"""What a workbook says: an agenda with its entries and a list of trainees, each with its place in the file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Literal, TypeAlias

from shared.sheets.problems import Problem, UnknownColumn
from shared.text import Sentence

Part: TypeAlias = Literal["day", "morning", "afternoon", "evening"]
#: From and to.
Times: TypeAlias = tuple[time, time]

#: What was put right after the file came: by sheet and cell ("A4"), what stands there instead; empty for nothing.
Corrections: TypeAlias = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row that was understood: where ("A4"), what it is about, what stands there now, what the file says.

    field: of the vocabulary, or `title`. written: None where it was never put right.
    """

    at: str
    field: str
    label: Sentence
    text: str
    written: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Somebody as the sheet names them; 专家A and 示范校 stand for whoever is found later. unit, post: where they are said."""

    name: str
    unit: str = ""
    post: str = ""
    host: bool = False
    placeholder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of an agenda. It can become a session where `ready`.

    days: the first and the last, the same for most. part: what was written in place of times, by which `times` were then
    chosen. kind: a key of KINDS; form: what the sheet calls it.
    """

    sheet: str
    row: int
    cells: tuple[Cell, ...]
    days: tuple[date, date] | None
    times: tuple[Times, ...]
    part: Part | None
    title: str
    kind: str
    form: str = ""
    speakers: tuple[Speaker, ...] = ()
    place: str = ""
    link: str = ""
    remark: str = ""

    @property
    def ready(self) -> bool:
        """Whether it says what, on which day and when."""
        return bool(self.title and self.days and self.times)

    @property
    def order(self) -> tuple[date, time, str, int]:
        """Where it stands in the programme, which may be elsewhere than in the sheet."""
        first = self.days[0] if self.days else date.max
        return first, self.times[0][0] if self.times else time.max, self.sheet, self.row


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """A programme as its sheet says it, its entries in the order of the sheet.

    year: of the days that name none; None where somebody has to say it.
    """

    title: str = ""
    year: int | None = None
    host: str = ""
    organiser: str = ""
    place: str = ""
    remark: str = ""
    entries: tuple[Entry, ...] = ()

    @property
    def span(self) -> tuple[date, date] | None:
        """Its first and its last day."""
        days = [day for entry in self.entries if entry.days for day in entry.days]
        return (min(days), max(days)) if days else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainee:
    """Somebody on a list, as it says. key: the same at every reading, for what is decided about them."""

    sheet: str
    row: int
    cells: tuple[Cell, ...]
    name: str
    unit: str = ""
    post: str = ""
    sex: str = ""
    phone: str = ""
    region: str = ""
    subject: str = ""
    group: str = ""
    remark: str = ""
    twice: bool = False

    @property
    def ready(self) -> bool:
        """Whether there is somebody to take in: a row with a name that did not come before."""
        return bool(self.name) and not self.twice

    @property
    def key(self) -> str:
        """The sheet and the row."""
        return f"{self.sheet}!{self.row}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSheet:
    """All lists of trainees of a workbook, one after the other."""

    trainees: tuple[Trainee, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Everything that a workbook says, and what is wrong in it.

    asks_year: there are days that cannot be placed without a year. fits: the years that agree with their weekdays.
    """

    agenda: Agenda
    roster: RosterSheet
    problems: tuple[Problem, ...]
    unknown: tuple[UnknownColumn, ...]
    asks_year: bool = False
    fits: tuple[int, ...] = ()
