"""The school calendar of a year: what was announced, what the region has set, and the form for a day."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.holidays.commands import forget_day, set_day
from services.scheduling.holidays.model import KINDS
from services.scheduling.holidays.policies import announced, last_announced
from services.scheduling.holidays.queries import days_set
from services.scheduling.holidays.schemas import DayForm
from services.scheduling.hosting.model import PLANNERS
from services.scheduling.hosting.queries import hosts_offered, regions
from services.scheduling.plans.model import ZONE
from shared.auth import holders
from shared.errors import Forbidden, Invalid
from shared.web.edge import command, edge, reading, signed_in
from shared.web.rendering import say
from shared.web.spoken import sentences

blueprint = Blueprint("holidays", __name__, url_prefix="/scheduling/holidays", template_folder="../templates")

Page = str | tuple[str, int]

_SET = holders(*PLANNERS)


@blueprint.get("")
@_SET
def index() -> Page:
    """The days of a year, `?year=`."""
    return _index()


@blueprint.post("")
@_SET
def added() -> Page | Response:
    """Set a day."""
    scopes = signed_in().scopes(*PLANNERS)
    try:
        typed = DayForm().load(request.form)
        command(lambda tx: set_day(tx, **typed, scopes=scopes).day)
    except ValidationError as error:
        return _index(errors={name: say(sentence) for name, sentence in sentences(error).items()})
    except (Invalid, Forbidden) as error:
        return _index(errors={error.field or "": say(error.sentence)})
    return redirect(url_for("holidays.index", year=typed["day"].year), 303)


@blueprint.post("/removal")
@_SET
def removed() -> Page | Response:
    """Take a day out of the calendar."""
    scopes = signed_in().scopes(*PLANNERS)
    try:
        typed = DayForm(only=("day", "region")).load(request.form)
    except ValidationError as error:
        return _index(errors={name: say(sentence) for name, sentence in sentences(error).items()})
    command(lambda tx: forget_day(tx, **typed, scopes=scopes))
    return redirect(url_for("holidays.index", year=typed["day"].year), 303)


def _index(*, errors: dict[str, str] | None = None) -> Page:
    today: date = edge().runtime.clock().astimezone(ZONE).date()
    year = min(max(request.args.get("year", today.year, type=int), 2000), 2099)
    scopes = signed_in().scopes(*PLANNERS)
    with reading() as db:
        hosts = hosts_offered(scopes, regions(db))
        named = days_set(db, [code for code, _ in hosts], year=year)
    holidays, workdays = announced()
    html = render_template(
        "scheduling/holidays.html",
        year=year,
        named=named,
        hosts=[(code, say(name)) for code, name in hosts],
        called={code: say(name) for code, name in hosts},
        holidays=sorted((day, say(name)) for day, name in holidays.items() if day.year == year),
        workdays=sorted(day for day in workdays if day.year == year and day.weekday() > 4),  # noqa: PLR2004  weekends
        last=last_announced(),
        KINDS=[(kind, say(word)) for kind, word in KINDS.items()],
        typed=request.form,
        errors=errors or {},
    )
    return (html, 422) if errors else html
