"""Bookings as a workbook."""

from datetime import datetime

from werkzeug.wrappers import Response

from services.resources.bookings.model import STATES, Booking
from services.resources.bookings.queries.finding import bookings_of
from services.resources.bookings.queries.lines import ZONE
from services.resources.bookings.ui.acting import SEE, blueprint, reader
from services.resources.facilities.queries import school_names
from shared.web.downloads import workbook
from shared.web.edge import reading
from shared.web.rendering import say, t

#: Rows of a workbook.
_MOST = 10_000


@blueprint.get("/export.xlsx")
@SEE
def exported() -> Response:
    """The bookings of what the reader lends or borrows as a workbook, with who handed over and took back."""
    with reading() as db:
        rows, names = bookings_of(db, reader(), most=_MOST), school_names(db)
    columns = (
        t("用途", "For"),
        t("所属学校", "Owner"),
        t("场地", "Room"),
        t("借用方", "Borrower"),
        t("开始", "From"),
        t("结束", "To"),
        t("人数", "People"),
        t("状态", "State"),
        t("交接", "Handed over"),
        t("归还", "Came back"),
        t("原因", "Why"),
    )
    lines = (
        (
            booking.title,
            names.get(facility.school_id, ""),
            facility.name,
            names.get(booking.school_id, t("区域活动", "a session"))
            if booking.school_id
            else t("区域活动", "a session"),
            f"{booking.starts_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
            f"{booking.ends_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
            booking.people or None,
            say(STATES[booking.state][1]),
            _step(booking, "handed_over"),
            _step(booking, "returned"),
            booking.reason,
        )
        for booking, facility in rows
    )
    return workbook(t("借用记录", "Bookings"), columns, lines)


def _step(booking: Booking, what: str) -> str:
    """When a step was done last, and what was remarked."""
    done = [each for each in booking.log if each["what"] == what]
    if not done:
        return ""
    at = datetime.fromisoformat(done[-1]["at"]).astimezone(ZONE)
    return f"{at:%Y-%m-%d %H:%M} {done[-1]['remark']}".strip()
