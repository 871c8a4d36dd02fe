"""Lists of facilities as workbooks: one that goes out, and those that offices send."""

from flask import render_template, request
from werkzeug.wrappers import Response

from services.resources.facilities.commands.bringing import Brought, bring_facilities
from services.resources.facilities.model.facility import APPROVALS, KINDS, WEEKDAYS
from services.resources.facilities.model.lending import KEEP
from services.resources.facilities.queries import facilities_for, school_names
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
    """Bring the rooms of a list in; what is known already stays as it is, so that a list may come twice."""
    request.max_content_length = LARGEST + _FORM
    file, own = request.files.get("workbook"), asker()
    if file is None or not file.filename:
        return _shown(
            error=Sentence(zh="请先选择一个 Excel 文件（.xlsx）。", en="Choose an Excel file (.xlsx) first.")
        )
    data, filename = file.read(), file.filename
    try:
        rows = [row for sheet in sheets_of(data, filename=filename) for row in sheet.rows]
        brought = command(lambda tx: bring_facilities(tx, rows, asker=own))
    except Invalid as error:
        return _shown(error=error.sentence)
    return _shown(brought, filename=filename)


def _shown(brought: Brought | None = None, *, error: Sentence | None = None, filename: str = "") -> _Page:
    html = render_template("resources/facility_import.html", brought=brought, error=error, filename=filename)
    return (html, 422) if error else html
