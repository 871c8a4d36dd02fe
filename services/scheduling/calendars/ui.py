"""The calendar: month, week, agenda, and places over the days of a week."""

from datetime import date
from typing import cast
from uuid import UUID

from flask import Blueprint, render_template, request
from marshmallow import ValidationError

from services.scheduling.calendars.policies import (
    FIRST,
    LAST,
    View,
    by_day,
    by_place,
    lanes,
    readable,
    span_of,
)
from services.scheduling.calendars.queries import slots_between
from services.scheduling.calendars.schemas import Asked
from services.scheduling.holidays.queries import free_days
from services.scheduling.hosting.model import PLANNERS, own_regions
from services.scheduling.kinds.queries import kinds
from services.scheduling.plans.model import ZONE
from shared.auth import readers
from shared.web.edge import edge, reading, signed_in
from shared.web.scopes import narrowed

blueprint = Blueprint("calendars", __name__, url_prefix="/scheduling", template_folder="../templates")

#: How many sessions of a day a view shows before it leads to the list of that day, and how many a list holds together.
_MANY, _READABLE = {"month": 4, "week": 20}, 200

_SEE = readers(*PLANNERS, "liaison", "teacher")


@blueprint.get("/calendar")
@_SEE
def page() -> str:
    """What takes place: `?view=month|week|day|agenda|places` around `?at=YYYY-MM-DD`."""
    today = edge().runtime.clock().astimezone(ZONE).date()
    view, at = _asked(today)
    span = span_of("week" if view == "places" else cast("View", view), at)
    asks = signed_in()
    hosts = narrowed(asks.reads(*PLANNERS))
    at_school = (scope for scope in asks.scopes("teacher") if scope.startswith("school:"))
    schools = asks.schools | {UUID(scope.removeprefix("school:")) for scope in at_school}
    with reading() as db:
        slots = slots_between(db, *span.moments, hosts=hosts, schools=schools)
        region = next(iter(own_regions(hosts)), "")
        known = kinds(db)
        free = free_days(db, span.days, region=region)
    whole, days = span, by_day(slots, span.days)
    if view == "agenda":
        span = readable(days, span, at_most=_READABLE)
    return render_template(
        "scheduling/calendar.html",
        view=view,
        at=at,
        today=today,
        span=span,
        weeks=[span.days[start : start + 7] for start in range(0, len(span.days), 7)],
        days=days,
        places=[(place, by_day(each, span.days)) for place, each in by_place(slots)]
        if view == "places"
        else [],
        lanes=lanes(slots, span.first) if view == "day" else [],
        FIRST=FIRST,
        LAST=LAST,
        free=free,
        count=sum(view != "month" or slot.starts_at.astimezone(ZONE).month == at.month for slot in slots),
        rest=span != whole,
        many=_MANY.get(view, len(slots)),
        KINDS=known,
        ZONE=ZONE,
        may_plan=asks.holds(PLANNERS),
    )


def _asked(today: date) -> tuple[str, date]:
    try:
        asked = Asked().load(request.args)
    except ValidationError:
        return "month", today
    return asked["view"], asked["at"] or today
