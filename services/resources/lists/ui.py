"""Pages: a list that comes in, many items changed at once, and the list that goes out."""

from typing import Any

from flask import Blueprint, render_template, request
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.resources.facilities.model.lending import KEEP, Asker
from services.resources.items.model.words import KINDS, LANGUAGES, LICENCES, PURPOSES, STAGES, STATES
from services.resources.items.queries.listing import lines, makers_of
from services.resources.items.queries.opening import choices
from services.resources.items.queries.seeing import reader_of
from services.resources.lists.commands import Brought, Changed, bring_items, change_items
from services.resources.lists.queries import lines_to_change
from services.resources.lists.schemas import ChangeSchema
from services.resources.use.queries.counting import sums_of
from shared.auth import SIGNED_IN, holders
from shared.db import Transaction
from shared.errors import Invalid
from shared.roster import name_of
from shared.sheets.workbook import sheets_of
from shared.text import Sentence
from shared.web.downloads import workbook
from shared.web.edge import command, edge, principal, reading, signed_in
from shared.web.lists import listing
from shared.web.rendering import say, t
from shared.web.spoken import sentences

blueprint = Blueprint("item_lists", __name__, url_prefix="/resources/items", template_folder="../templates")

_MAKERS = holders("administrator", "coordinator", "liaison", "teacher")
_Page = str | tuple[str, int]

#: The largest list, in bytes, and what a form adds to the file in it; rows of one that goes out.
_LARGEST, _FORM, _MOST = 5 * 2**20, 64 * 2**10, 50_000
_FILTERS = ("kind", "subject", "stage", "state")


@blueprint.get("/import")
@_MAKERS
def wanted() -> _Page:
    """The form for a list."""
    return _bringing()


@blueprint.post("/import")
@_MAKERS
def bring() -> _Page:
    """Bring in the items of a list, and its rooms where the reader keeps rooms; a list may come twice."""
    request.max_content_length = _LARGEST + _FORM
    file, asks = request.files.get("workbook"), signed_in()
    if file is None or not file.filename:
        return _bringing(
            error=Sentence(zh="请先选择一个 Excel 文件（.xlsx）。", en="Choose an Excel file (.xlsx) first.")
        )
    data, filename, published = file.read(), file.filename, bool(request.form.get("published"))
    keeps = Asker(asks.scopes("administrator", "coordinator"), asks.schools) if KEEP.allows(asks) else None
    try:
        rows = [row for sheet in sheets_of(data, filename=filename) for row in sheet.rows]

        def work(tx: Transaction) -> Brought:
            return bring_items(tx, rows, reader=reader_of(tx.db, asks), keeps=keeps, published=published)

        brought = command(work)
    except Invalid as error:
        return _bringing(error=error.sentence)
    return _bringing(brought, filename=filename)


@blueprint.get("/selection")
@_MAKERS
def selection() -> _Page:
    """What the reader may change, to choose from."""
    return _choosing()


@blueprint.post("/selection")
@_MAKERS
def change() -> _Page:
    """Do one thing to all that are chosen."""
    asks = signed_in()
    try:
        said = ChangeSchema().load({**request.form.to_dict(), "id": request.form.getlist("id")})
        what = said["what"]
        value = said.get(what) or said["text"]

        def work(tx: Transaction) -> Changed:
            reader = reader_of(tx.db, asks)
            return change_items(tx, items=said["id"], what=what, value=value, reader=reader)

        changed = command(work)
    except ValidationError as error:
        return _choosing(error=next(iter(sentences(error).values())))
    return _choosing(changed)


@blueprint.get("/export.xlsx")
@SIGNED_IN
def exported() -> Response:
    """Every item that the reader sees and that matches, headed so that the list can be brought in elsewhere."""
    narrowed: dict[str, Any] = {name: request.args.get(name, "")[:64] for name in _FILTERS}
    with reading() as db:
        found, _ = lines(db, reader_of(db, signed_in()), **narrowed, limit=_MOST)
        ids = [line.item.id for line in found]
        makers, sums = makers_of(db, ids), sums_of(db, ids)
        places = {
            scope: name_of(db, scope) for scope in {each for line in found for each in line.item.audiences}
        }
    base = edge().runtime.settings.base_url
    columns = (
        t("类别", "Sort"), t("名称", "Name"), t("学科", "Subject"), t("学段", "Stage"), t("年级", "Grade"),
        t("教材版本", "Textbook"), t("制作人", "Made by"), t("关键词", "Keywords"), t("语言", "Language"), t("用途", "For"), t("提供学校", "School"),
        t("共享范围", "For whom"), t("许可", "Licence"), t("备注", "Note"), t("状态", "State"), t("版本", "Version"),
        t("浏览", "Views"), t("下载", "Downloads"), t("上课", "Taught with"), t("链接", "Link"),
    )  # fmt: skip

    def row(number: int) -> tuple[object, ...]:
        item, said = found[number].item, found[number].version
        used = sums.get(item.id, {})
        return (
            say(KINDS[item.kind]), said.title, said.subject, say(STAGES[said.stage]), said.grade,
            said.textbook, "、".join(said.people), "、".join(said.keywords), say(LANGUAGES[said.language]), say(PURPOSES[said.purpose]),
            "、".join(name for _, name in makers[item.id]), "、".join(say(places[each]) for each in item.audiences),
            say(LICENCES[said.licence]), said.summary, say(STATES[item.state][1]), said.index,
            used.get("view", 0), used.get("download", 0), used.get("taught", 0), f"{base}/resources/items/{item.id}",
        )  # fmt: skip

    return workbook(t("共享资源", "Resources"), columns, (row(number) for number in range(len(found))))


def _bringing(
    brought: Brought | None = None,
    *,
    error: Sentence | None = None,
    filename: str = "",
) -> _Page:
    decides = holders("administrator", "coordinator").allows(principal())
    html = render_template(
        "resources/items_import.html",
        brought=brought,
        error=error,
        filename=filename,
        decides=decides,
    )
    return (html, 422) if error else html


def _choosing(changed: Changed | None = None, *, error: Sentence | None = None) -> _Page:
    shown = listing(sorts=("published",), filters=_FILTERS, default="-published", size=100)
    narrowed: dict[str, Any] = {name: shown.get(name) for name in _FILTERS}
    with reading() as db:
        reader = reader_of(db, signed_in())
        rows, total = lines_to_change(db, reader, **narrowed, offset=shown.offset, limit=shown.size)
        html = render_template(
            "resources/items_selection.html",
            wanted=shown,
            rows=rows,
            total=total,
            makers=makers_of(db, [line.item.id for line in rows]),
            changed=changed,
            error=error,
            chosen=set(request.form.getlist("id")) if error else set(),
            audiences=[each for each in choices(db, school_id=None) if each[0] != "schools"],
            decides=bool(reader.edits),
            KINDS=KINDS,
            STAGES=STAGES,
            STATES=STATES,
            LICENCES=LICENCES,
        )
    return (html, 422) if error else html
