"""The page where a school year is closed."""

from datetime import date

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from services.directory.years.commands import close_school_year
from services.directory.years.policies import called, due, why_not_close
from services.directory.years.queries import is_closed, totals_now, years_closed
from shared.auth import holders
from shared.errors import Invalid, Refusal
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.rendering import ZONE

blueprint = Blueprint("years", __name__, url_prefix="/directory/school-years", template_folder="../templates")

Page = str | tuple[str, int] | Response


@blueprint.get("")
@holders("administrator")
def index() -> Page:
    """The school years that were closed, and what closing the next one would write down."""
    return _page()


@blueprint.post("")
@holders("administrator")
def close() -> Page:
    """Close the school year that the page named."""
    said, today, scopes = request.form.get("year", ""), _today(), signed_in().scopes("administrator")
    if not (said.isascii() and said.isdigit() and len(said) == 4):  # noqa: PLR2004  as years are
        raise Invalid(
            Sentence(zh="请写明学年，如 2025。", en="Say which school year, such as 2025."), field="year"
        )
    year = int(said)
    try:
        number = command(lambda tx: close_school_year(tx, year=year, today=today, scopes=scopes))
    except Refusal as refused:
        return _page(refused=refused.sentence), refused.status
    name = called(year)
    return _page(
        done=Sentence(
            zh=f"{name.zh}已结转，{number} 所学校的数据已留存。",
            en=f"The {name.en} is closed: the figures of {number} schools are kept.",
        )
    )


def _page(*, done: Sentence | None = None, refused: Sentence | None = None) -> str:
    year = due(_today())
    with reading() as db:
        closed = years_closed(db)
        now = totals_now(db)
        reason = why_not_close(year, today=_today(), closed=is_closed(db, year))
    return render_template(
        "directory/years.html",
        year=year,
        called=called,
        reason=reason,
        now=now,
        closed=closed,
        done=done,
        refused=refused,
    )


def _today() -> date:
    return edge().runtime.clock().astimezone(ZONE).date()
