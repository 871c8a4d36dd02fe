"""Files that a page hands out: never rendered by the browser, always under a name that says what they are."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

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
    # Headers hold Latin letters alone: a name in others goes beside a plain one, as RFC 6266 has it.
    name = quote(f"{title} {today}.xlsx", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename=export.xlsx; filename*=UTF-8''{name}"
    return response
