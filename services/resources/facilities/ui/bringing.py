"""Lists of facilities as workbooks: one that goes out, and those that offices send."""

from collections.abc import Sequence

from flask import render_template, request
from werkzeug.wrappers import Response

from services.resources.facilities.commands.bringing import (
    Brought,
    Line,
    Planned,
    bring_rows,
    look_at,
    rows_of,
)
from services.resources.facilities.model.facility import APPROVALS, KINDS, WEEKDAYS
from services.resources.facilities.model.lending import KEEP, Asker
from services.resources.facilities.queries import facilities_for, own_schools, school_names
from services.resources.facilities.ui.showing import asker, blueprint, seen
from shared.auth import SIGNED_IN
from shared.errors import Invalid
from shared.roster import name_of
from shared.sheets.workbook import sheets_of
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import command, reading
from shared.web.rendering import say, t

_Page = str | tuple[str, int]

#: The largest list, in bytes, and what a form adds to the file in it.
LARGEST, _FORM = 5 * 2**20, 64 * 2**10

#: Rows that are looked through at a time, schools that are offered, and more digits than the number of a row has.
_MOST, _OFFERED, _DIGITS = 300, 500, 8

#: What a row says, by the name of its field.
_COLUMNS = {
    "sort": "类别",
    "name": "名称",
    "school": "提供学校",
    "scope": "共享范围",
    "subject": "学科/用途",
    "note": "备注",
    "seats": "座位",
    "equipment": "设备",
    "hours": "开放时间",
}


@blueprint.get("/export.xlsx")
@SIGNED_IN
def exported() -> Response:
    """Every facility that the reader sees, headed so that the list can be imported elsewhere."""
    with reading() as db:
        found, names = facilities_for(db, seen()), school_names(db)
        places = {
            scope: name_of(db, scope)
            for each in found
            for scope in [*each.audiences, f"region:{each.region_code}"]
        }
    columns = (
        t("类别", "Sort"),
        t("名称", "Name"),
        t("提供学校", "School"),
        t("区县", "County"),
        t("类型", "Kind"),
        t("座位", "Seats"),
        t("设备", "Equipment"),
        t("开放时间", "Hours"),
        t("共享范围", "For whom"),
        t("怎么同意", "Agreed by"),
        t("至少提前（小时）", "Hours ahead"),
        t("备注", "Note"),
    )
    rows = (
        (
            t("设备", "Equipment") if each.kind == "mobile" else t("场地", "Room"),
            each.name,
            names.get(each.school_id, ""),
            say(places[f"region:{each.region_code}"]),
            say(KINDS[each.kind]) if each.kind in KINDS else each.kind,
            each.capacity or None,
            "、".join(each.equipment),
            "；".join(
                f"{day} {each.hours[str(n)]}" for n, day in enumerate(WEEKDAYS) if str(n) in each.hours
            ),
            "、".join(say(places[scope]) for scope in each.audiences),
            say(APPROVALS[each.approval]) if each.approval in APPROVALS else each.approval,
            each.lead_hours,
            each.note,
        )
        for each in found
    )
    return workbook(t("场地与设备", "Rooms and equipment"), columns, rows)


@blueprint.get("/import")
@KEEP
def wanted() -> _Page:
    """The form for a list."""
    return _shown()


@blueprint.post("/import")
@KEEP
def bring() -> _Page:
    """Show what would come of a list, row by row; or bring in the rows that somebody has looked through.

    What is known already stays as it is, so that a list may come twice.
    """
    request.max_content_length = LARGEST + _FORM
    own = asker()
    if "number" in request.form:
        return _looked_through(own)
    file = request.files.get("workbook")
    if file is None or not file.filename:
        return _shown(
            error=Sentence(zh="请先选择一个 Excel 文件（.xlsx）。", en="Choose an Excel file (.xlsx) first.")
        )
    try:
        sheets = sheets_of(file.read(), filename=file.filename)
        rows = rows_of([row for sheet in sheets for row in sheet.rows])
    except Invalid as error:
        return _shown(error=error.sentence)
    if not 0 < len(rows) <= _MOST:
        return _shown(
            error=Sentence(
                zh=f"“{file.filename}”里有 {len(rows)} 行场地和设备；一次要有 1 到 {_MOST} 行。",
                en=f"“{file.filename}” has {len(rows)} rows of rooms and equipment; from 1 to {_MOST} at a time.",
            )
        )
    with reading() as db:
        lines = look_at(db, rows, asker=own)
    return _shown(lines=lines, filename=file.filename)


def _looked_through(own: Asker) -> _Page:
    columns = [request.form.getlist(name) for name in ("number", *_COLUMNS)]
    if len({len(column) for column in columns}) > 1 or len(columns[0]) > _MOST:
        return _shown(
            error=Sentence(zh="表格不完整，请重新上传。", en="The table is not whole; send it again.")
        )
    rows = [
        (int(number), dict(zip(_COLUMNS.values(), (_plain(cell) for cell in cells), strict=True)))
        for number, *cells in zip(*columns, strict=True)
        if number.isascii() and number.isdigit() and len(number) < _DIGITS
    ]
    brought = None
    if request.form.get("do") == "bring":
        brought = command(lambda tx: bring_rows(tx, rows, asker=own))
    with reading() as db:
        lines = look_at(db, rows, asker=own)
    if brought is not None:
        lines = [line for line in lines if isinstance(line.stands, Sentence)]
    return _shown(brought, lines=lines, filename=request.form.get("filename", "")[:100])


def _plain(cell: str) -> str:
    return " ".join(cell.split())[:200]


def _shown(
    brought: Brought | None = None,
    *,
    error: Sentence | None = None,
    filename: str = "",
    lines: Sequence[Line] = (),
) -> _Page:
    with reading() as db:
        schools = own_schools(db, asker())
    html = render_template(
        "resources/facility_import.html",
        brought=brought,
        error=error,
        filename=filename,
        lines=[
            (line, line.stands if isinstance(line.stands, Sentence) else None, line.stands is None)
            for line in lines
        ],
        new=sum(isinstance(line.stands, Planned) for line in lines),
        schools=schools[:_OFFERED],
        COLUMNS=_COLUMNS,
        KINDS=KINDS,
    )
    return (html, 422) if error else html
