"""Files that a page hands out: never rendered by the browser, always under a name that says what they are."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask import make_response, request
from werkzeug.wrappers import Response

from shared.sheets.export import export
from shared.web.edge import command, edge
from shared.web.rendering import ZONE

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """An answer that is a workbook, named by its title and today's date; that it was taken is in the audit trail."""
    path = request.path
    today = edge().runtime.clock().astimezone(ZONE).date()
    response = make_response(export(title, columns, rows))
    command(lambda tx: tx.record(what="list.exported", subject_kind="list", subject=path))
    response.headers["Content-Type"] = _XLSX
    response.headers.set("Content-Disposition", "attachment", filename=f"{title} {today}.xlsx")
    return response
