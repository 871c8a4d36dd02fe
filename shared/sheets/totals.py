"""Rows that are no records: totals, whose sums are checked and never taken over, and notes."""

import re
from collections.abc import Iterator, Mapping, Sequence

from shared.sheets.cells import Cell, Formula
from shared.sheets.fields import Field
from shared.sheets.parsers import BadCell, Value
from shared.sheets.problems import Problem
from shared.sheets.words import key
from shared.text import Sentence

_TOTALS = frozenset({"合计", "总计", "共计", "总合计", "全部合计", "total", "grandtotal", "sum"})
_PARTS = frozenset({"小计", "分计", "subtotal"})
_TOTAL_ENDS = ("合计", "总计", "小计")
_LONGEST = 12
_NOTE = re.compile(
    r"\s*(备注|注|注意|说明|填表说明|填表人|填表|制表人|制表|填报人|填报单位|填报日期|审核人|审核|负责人|单位|联系方式|联系电话|日期|notes?|remarks?)"
    r"\s*([:：\s]|$)",
    re.IGNORECASE,
)
_NOTE_CELLS = 3


def total_of(cells: Sequence[Cell]) -> str:
    """The label of a row of totals (合计, 小计, 全州合计, Total), or an empty text for any other row."""
    looked_at = 0
    for cell in cells:
        if not isinstance(cell, str):
            continue
        if len(cell) <= _LONGEST and cell[-1:] in "计計lLm )）:：":
            word = key(cell)
            if word in _TOTALS or word in _PARTS or (len(word) <= 8 and word.endswith(_TOTAL_ENDS)):  # noqa: PLR2004
                return word
        looked_at += 1
        if looked_at > _NOTE_CELLS:
            return ""
    return ""


def is_note(cells: Sequence[Cell]) -> bool:
    """Whether a row is a note or the title of what follows: one text over several columns, or a few that say so."""
    words = [cell for cell in cells if cell is not None]
    different = {cell for cell in words if isinstance(cell, str)}
    if len(words) > 1 and len(different) == 1 and all(isinstance(cell, str) for cell in words):
        return True  # one text, merged over the table
    return bool(different) and len(different) <= _NOTE_CELLS and any(_NOTE.match(cell) for cell in different)


class Totals:
    """What the rows of a table add up to, for comparing with what its rows of totals claim."""

    def __init__(self, sheet: str, fields: Sequence[tuple[int, str, Field]]) -> None:
        """fields: those of the table, with their columns from 0 and their letters."""
        self._sheet, self._fields = sheet, fields
        self._all: dict[str, int] = {}
        self._part: dict[str, int] = {}

    def add(self, values: Mapping[str, Value]) -> None:
        """Count a row."""
        for name, value in values.items():
            if isinstance(value, int):
                self._all[name] = self._all.get(name, 0) + value
                self._part[name] = self._part.get(name, 0) + value

    def compare(self, row: int, label: str, cells: Sequence[Cell]) -> Iterator[Problem]:
        """A warning for every sum of a row of totals that is not what the rows add up to."""
        partial = label in _PARTS or label.endswith("小计")
        sums = self._part if partial else self._all
        for index, letter, field in self._fields:
            claimed = _claimed(cells[index] if index < len(cells) else None, field)
            mine = sums.get(field.name)
            if claimed is not None and mine is not None and claimed != mine:
                yield Problem(
                    self._sheet,
                    row,
                    letter,
                    Sentence(
                        zh=f"{field.label.zh}的{label}写的是 {claimed}，各行相加是 {mine}；{label}不采用，请核对各行。",
                        en=f"The total of {field.label.en} says {claimed}, but its rows add up to {mine}. The total is not "
                        "used; check the rows.",
                    ),
                    "warning",
                )
        self._part.clear()


def _claimed(cell: Cell, field: Field) -> int | None:
    if isinstance(cell, Formula):
        cell = cell.cached
    if cell is None:
        return None
    try:
        value = field.parse(cell)
    except BadCell:
        return None
    return value if isinstance(value, int) else None
