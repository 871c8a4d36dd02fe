"""What an office's workbook means: its agenda and its list of trainees, with every problem in it in words."""

from collections.abc import Iterator, Mapping
from pathlib import PurePath

from services.scheduling.agendas.model.sheets import (
    Agenda,
    Book,
    Corrections,
    RosterSheet,
    Trainee,
)
from services.scheduling.agendas.policies.captions import Captions
from services.scheduling.agendas.policies.entries import Entries
from services.scheduling.agendas.policies.rows import Row, Sheets
from services.scheduling.agendas.policies.years import Days, Year, year_in

_YEARS = range(2015, 2046)


def read_workbook(
    data: bytes,
    *,
    filename: str,
    year: int | None = None,
    corrections: Corrections | None = None,
    answers: Mapping[str, str | None] | None = None,
) -> Book:
    """What the workbook says, as put right by `corrections`.

    year: of days that name none, where somebody was asked. answers: what columns mean that were asked about, by
    `UnknownColumn.key`. Raises Invalid where the bytes are no workbook that can be read, or hold neither table.
    """
    sheets = Sheets(data, filename=filename, corrections=corrections or {}, answers=answers or {})
    captions = Captions.none()
    captions.above(sheets.above("agenda", "grid"))
    texts = [*captions.titles, *captions.said.values(), *sheets.names, PurePath(filename).stem]
    days = Days(Year(year) if year else year_in(texts))
    entries = tuple(Entries(sheets, days, captions).read())
    trainees = tuple(_trainees(sheets))
    if not any(entry.title for entry in entries):
        sheets.tell(
            "", 0, "", "没有认出日程，只读取了名单。", "No agenda was recognised, only a list.", "stop"
        )
    if days.unplaced:
        sheets.tell(
            "", 0, "", "日期没有写年份，请选择年份。", "The days name no year. Choose the year.", "stop"
        )
    agenda = Agenda(
        title=captions.title or PurePath(filename).stem,
        year=days.year.first if days.year else (days.last.year if days.last and not days.unplaced else None),
        host=captions.said.get("host", ""),
        organiser=captions.said.get("organiser", ""),
        place=captions.said.get("place", ""),
        remark="；".join(dict.fromkeys(captions.remarks)),
        entries=entries,
    )
    return Book(
        agenda=agenda,
        roster=RosterSheet(trainees=trainees),
        problems=sheets.problems,
        unknown=sheets.unknown,
        asks_year=bool(days.unplaced),
        fits=days.fits(_YEARS),
    )


def _trainees(sheets: Sheets) -> Iterator[Trainee]:
    """The people of all lists; those who stand twice are told."""
    seen: dict[tuple[str, str], Row] = {}
    for row in sheets.rows("trainees"):
        if row.note is not None:
            continue
        said = {name: row.text(name) for name in ("name", "unit", "post", "sex", "phone", "region", "subject", "group", "remark")}  # fmt: skip
        if not any(said.values()):
            continue
        twice = False
        if not said["name"]:
            row.tell("name", "没有写姓名。", "There is no name.", "error")
        elif not said["unit"]:
            row.tell("unit", "没有写单位。", "There is no unit.")
        first = seen.setdefault((said["name"], said["unit"]), row) if said["name"] else row
        if first is not row and not (
            said["phone"] and first.text("phone") and said["phone"] != first.text("phone")
        ):
            twice = True
            row.tell(
                "name",
                f"与第 {first.number} 行是同一人，只导入一次。",
                f"The same person as in row {first.number}; taken once.",
            )
        yield Trainee(sheet=row.sheet, row=row.number, cells=row.cells, twice=twice, **said)
