"""Writing for people and for programs: columns, ages, counts; JSON with nothing left out."""

import json
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

import click

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def print_json(value: object) -> None:
    """The value as JSON: dataclasses, moments and ids included."""
    import msgspec  # noqa: PLC0415  not needed by commands that print for people

    click.echo(json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns under their headings; numbers to the right. Nothing at all where there are no rows."""
    if not rows:
        return
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(headings, *cells, strict=True)]
    numeric = [all(isinstance(row[n], int) for row in rows) for n in range(len(headings))]
    for line in (headings, *cells):
        padded = (_pad(text, widths[n], right=numeric[n]) for n, text in enumerate(line))
        click.echo("  ".join(padded).rstrip())


def width(text: str) -> int:
    """Columns that the text takes on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def shortened(text: str | None, most: int = 60) -> str:
    """The first line of the text, cut where it is longer."""
    line = (text or "").strip().partition("\n")[0]
    return line if len(line) <= most else f"{line[: most - 1]}…"


def age(moment: datetime | None, now: datetime) -> str:
    """How long ago, in one unit: 3 min, 2 d; for what lies ahead, in 5 s."""
    if moment is None:
        return "–"
    passed = now - moment
    if passed < timedelta(0):
        return f"in {duration(-passed)}"
    return f"{duration(passed)} ago"


def duration(span: timedelta) -> str:
    """A span of time in its largest whole unit."""
    seconds = int(span.total_seconds())
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return "0 s"


def counted(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: 1 event, 1,204 events."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _pad(text: str, to: int, *, right: bool) -> str:
    space = " " * (to - width(text))
    return space + text if right else text + space
