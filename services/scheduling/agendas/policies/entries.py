"""The entries of agendas, row by row: a day and a part of it hold until another is named."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from services.scheduling.agendas.model.sheets import (
    Entry,
    Part,
    Times,
)
from services.scheduling.agendas.policies.captions import Captions
from services.scheduling.agendas.policies.days import Day, names_day, read_day
from services.scheduling.agendas.policies.rows import Row, Sheets
from services.scheduling.agendas.policies.times import (
    When,
    between,
    read_part,
    read_when,
    usual_times,
    without_times,
)
from services.scheduling.agendas.policies.vocabulary import kind_of, people_of, said_in
from services.scheduling.agendas.policies.years import Days
from shared.sheets.parsers import BadCell

_LONGEST = 200


class Entries:
    """Reads the rows of all agendas in their order: a day and a part of it hold until another is named."""

    def __init__(self, sheets: Sheets, days: Days, captions: Captions) -> None:
        self._sheets, self._days, self._captions = sheets, days, captions
        self._span: tuple[date, date] | None = None
        self._part: Part | None = None
        self._undated: set[str] = set()
        self._known: dict[tuple[str, str, str], tuple[date, date] | None] = {}

    def read(self) -> Iterator[Entry]:
        """The entries, with times for those that name a part of the day only."""
        drafts = [entry for row in self._sheets.rows("agenda") if (entry := self._entry(row))]
        drafts += [entry for row in self._sheets.rows("grid") for entry in self._of_grid(row)]
        usual = usual_times([times for entry in drafts for times in entry.times])
        for entry in drafts:
            if entry.part and not entry.times:
                yield replace(entry, times=(usual[entry.part],))
            else:
                yield entry

    def _of_grid(self, row: Row) -> Iterator[Entry]:
        """The entries of a day: a cell for each part of it; one that spans morning and afternoon is of the whole day."""
        if row.note is not None:
            self._noted(row, row.note)
            return
        self._day(row)
        whole = row.text("morning") and row.at("morning") == row.at("afternoon")
        parts: dict[str, Part] = {
            "morning": "day" if whole else "morning",
            "afternoon": "afternoon",
            "evening": "evening",
        }
        for field, part in parts.items():
            cell = row.text(field)
            if not cell or (whole and field == "afternoon"):
                continue
            try:
                when = read_when(cell, part) if without_times(cell) != cell else None
            except BadCell as error:
                row.tell(field, error.sentence.zh, error.sentence.en, "error")
                when = When()
            said = said_in(without_times(cell))
            title = said.get("title", "")[:_LONGEST]
            if not title:
                row.tell(field, "没有写内容。", "It does not say what takes place.", "error")
            yield Entry(
                sheet=row.sheet,
                row=row.number,
                cells=tuple(each for each in row.cells if each.field in {"date", field}),
                days=self._span,
                times=when.times if when else (),
                part=None if when else part,
                title=title,
                kind=kind_of(said.get("form", ""), title)[0],
                form=said.get("form", ""),
                speakers=(*people_of(said.get("speakers", "")), *people_of(said.get("hosts", ""), host=True)),
                place=(said.get("place") or row.text("place"))[:_LONGEST],
                remark=row.text("remark")[:_LONGEST],
            )

    def _noted(self, row: Row, note: str) -> None:
        """Take in a row that is no record: the day of what follows, or a remark."""
        day = read_day(note)
        if day is None or len(day.rest) > 8:  # noqa: PLR2004  a remark may begin with a day
            self._captions.note("" if row.titles_a_list else note)
        else:
            self._place(row, note, "")

    def _entry(self, row: Row) -> Entry | None:
        if (note := row.note) is not None:
            self._noted(row, note)
            return None
        if not row.text("title") and not row.text("date") and names_day(row.text("time")):
            self._day(row)  # a row of its own for the day, in the column of times
            if not row.text("form") and not row.text("speakers"):
                return None
        times, part = self._times(row, *self._day(row))
        texts = {name: row.text(name) for name in ("title", "form", "place", "link", "remark")}
        if not any((*texts.values(), row.text("speakers"), row.text("time"))):
            return None
        kind, known = kind_of(texts["form"], texts["title"])
        if not known:
            row.tell("form", f"不认识形式“{texts['form'][:30]}”，先按“培训”导入。", f"The form “{texts['form'][:30]}” is not known; it is taken as training.")  # fmt: skip
        if not texts["title"]:
            row.tell("title", "没有写内容。", "It does not say what takes place.", "error")
        for name, text in texts.items():
            if len(text) > _LONGEST and name != "link":
                row.tell(
                    name,
                    f"超过 {_LONGEST} 个字，请缩短。",
                    f"Over {_LONGEST} characters. Shorten it.",
                    "error",
                )
                texts[name] = "" if name == "title" else text[:_LONGEST]
        speakers = people_of(row.text("speakers"), unit=row.text("unit"))
        return Entry(
            sheet=row.sheet,
            row=row.number,
            cells=row.cells,
            days=self._span,
            times=times,
            part=part,
            kind=kind,
            speakers=(*speakers, *people_of(row.text("hosts"), host=True)),
            **texts,
        )

    def _day(self, row: Row) -> tuple[str, str]:
        """Go on to the day of a row. Answers what else the cell of the day says, and what that of the time does."""
        time_ = row.text("time")
        if row.text("date"):
            text = " ".join(part for part in (row.text("date"), row.text("weekday")) if part)
            return self._place(row, text, "date"), time_
        if names_day(time_):
            return "", self._place(row, time_, "time")
        if self._span is None and row.sheet not in self._undated:
            self._undated.add(row.sheet)
            row.tell(
                "date", "没有写日期，上面各行也没有。", "It names no day, nor does any row above.", "error"
            )
        return "", time_

    def _place(self, row: Row, text: str, field: str) -> str:
        """Take the day of a text, which is told once for all rows of a merged cell, and answer the rest of the text."""
        day = read_day(text)
        known = (row.sheet, row.at(field), text)
        if known in self._known:
            self._span = self._known[known]
            return day.rest if day else ""
        before, self._span, self._part = self._span, None, None
        try:
            self._span = self._days.span(_insisted(day, text))
        except BadCell as error:
            row.tell(field, error.sentence.zh, error.sentence.en, "error")
            self._undated.add(row.sheet)
        if day and self._span and (wrong := self._days.contradiction(day, self._span[0])):
            row.tell(field, *wrong)
        if before and self._span and self._span[0] < before[0]:
            row.tell(field, "比上面一行的日期早，请核对。", "It is earlier than the day above; please check.")
        self._known[known] = self._span
        return day.rest if day else ""

    def _times(self, row: Row, beside: str, time_: str) -> tuple[tuple[Times, ...], Part | None]:
        """When a row takes place. beside: what stands beside its day; time_: what its time says."""
        self._part = read_part(row.text("part")) or self._part
        said = (("time", time_), ("part", row.text("part")), ("date", beside))
        field = "start"
        try:
            if row.text("start"):
                return (between(row.text("start"), row.text("end"), self._part),), self._part
            for field, words in said:
                if words and (when := read_when(words, self._part)):
                    self._check(row, field, when)
                    return when.times, when.part
        except BadCell as error:
            row.tell(field, error.sentence.zh, error.sentence.en, "error")
            return (), None
        for field, words in said[:2]:
            if words:
                row.tell(field, f"“{words[:30]}”看不出时间，请写成 8:30—12:00 或“上午”的样子。", f"“{words[:30]}” is no time. Write it like 8:30-12:00, or 上午.", "error")  # fmt: skip
                return (), None
        if self._part is None:
            row.tell("time", "没有写时间。", "It says no time.", "error")
        return (), self._part

    @staticmethod
    def _check(row: Row, field: str, when: When) -> None:
        if when.assumed:
            start, end = when.times[0]
            row.tell(field, f"按 {start:%H:%M}—{end:%H:%M} 读取，请核对。", f"Taken as {start:%H:%M}-{end:%H:%M}; please check.")  # fmt: skip


def _insisted(day: Day | None, text: str) -> Day:
    if day is None:
        raise BadCell(
            f"“{text[:30]}”看不出日期，请写成 6月9日 的样子。",
            f"“{text[:30]}” is no day. Write it like 6月9日.",
        )
    return day
