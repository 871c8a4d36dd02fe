"""Facilities: a day of all of them, one with its week, its form, and how much each is used."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import Blueprint, render_template, request

from services.resources.bookings.model import STATES
from services.resources.bookings.queries.finding import bookings_between, used_by_hour
from services.resources.bookings.queries.lines import (
    FIRST,
    LAST,
    ZONE,
    band,
    bars,
    day_of,
    on_day,
    spans_of,
    standing,
    week_of,
)
from services.resources.facilities.model.facility import APPROVALS, KINDS, WEEKDAYS, WEEKDAYS_EN
from services.resources.facilities.model.lending import KEEP, Asker
from services.resources.facilities.queries import (
    facilities_called,
    facilities_for,
    facility_for,
    school_names,
    zone_of,
)
from shared.auth import SIGNED_IN
from shared.roster import name_of
from shared.web import searching
from shared.web.edge import edge, reading, signed_in

blueprint = Blueprint(
    "facilities", __name__, url_prefix="/resources/facilities", template_folder="../../templates"
)

#: Facilities of a part of a page, and of what a search shows.
_SHOWN, _FOUND = 60, 5

#: What is free now is free for as long at least.
_SOON = timedelta(minutes=1)

_Page = str | tuple[str, int]


def asker() -> Asker:
    """Who asks."""
    asks = signed_in()
    return Asker(asks.scopes("administrator", "coordinator"), asks.schools)


@blueprint.get("/search")
@SIGNED_IN
def hits() -> str:
    """The rooms that the search box of every page finds here."""
    said = searching.words()
    with reading() as db:
        found = facilities_called(db, seen(), said, limit=_FOUND) if said else []
    return render_template("resources/facility_hits.html", found=found, KINDS=KINDS)


def seen() -> frozenset[str]:
    """The scopes within which the reader sees facilities: any that they hold."""
    return frozenset(grant.scope for grant in signed_in().grants)


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """A day: every facility that the reader may borrow or look after, and who has it when."""
    day = day_of(request.args.get("on", ""), edge().runtime.clock())
    kind, said = request.args.get("kind", ""), request.args.get("seats", "")
    seats = int(said) if said.isascii() and said.isdigit() else 0
    start, end = on_day(day)
    with reading() as db:
        found = [
            each
            for each in facilities_for(db, seen())
            if kind in {"", each.kind} and (not seats or each.capacity >= seats)
        ]
        bookings = bookings_between(db, [each.id for each in found], start, end)
        names = school_names(db)
        regions = {each.region_code: name_of(db, f"region:{each.region_code}") for each in found}
        zones = {code: zone_of(db, code) for code in regions}
    now = edge().runtime.clock()
    soon = now + _SOON
    stands = [standing(each, bookings, now, soon, zones[each.region_code]) for each in found]
    return render_template(
        "resources/facilities.html",
        day=day,
        weekday=(WEEKDAYS[day.weekday()], WEEKDAYS_EN[day.weekday()]),
        lanes=[
            (each, bars(each, [one for one in bookings if one.facility_id == each.id], day)) for each in found
        ],
        free=stands.count("free") if start <= now < end else None,
        names=names,
        regions=regions,
        kind=kind,
        seats=seats,
        KINDS=KINDS,
        STATES=STATES,
        FIRST=FIRST,
        LAST=LAST,
        may_keep=KEEP.allows(signed_in()),
    )


@blueprint.get("/<uuid:facility_id>")
@SIGNED_IN
def page(facility_id: UUID) -> str:
    """One facility: its terms and its week."""
    day = day_of(request.args.get("on", ""), edge().runtime.clock())
    days = week_of(day)
    with reading() as db:
        facility = facility_for(db, facility_id, seen())
        bookings = bookings_between(db, [facility.id], on_day(days[0])[0], on_day(days[-1])[1])
        school = school_names(db).get(facility.school_id, "")
        audiences = [name_of(db, each) for each in facility.audiences]
    return render_template(
        "resources/facility.html",
        facility=facility,
        school=school,
        audiences=audiences,
        days=[
            (each, WEEKDAYS[each.weekday()], WEEKDAYS_EN[each.weekday()], bars(facility, bookings, each))
            for each in days
        ],
        day=day,
        open=spans_of(facility.hours),
        week=list(zip(WEEKDAYS, WEEKDAYS_EN, strict=True)),
        KINDS=KINDS,
        APPROVALS=APPROVALS,
        STATES=STATES,
        FIRST=FIRST,
        LAST=LAST,
        may_borrow=KEEP.allows(signed_in()),
        theirs=asker().answers_for(school=facility.school_id, region=facility.region_code),
    )


@blueprint.get("/free")
@SIGNED_IN
def free() -> str:
    """A part of a page: which facilities are free from `?from=` to `?to=`, those first, each with its line of that day."""
    try:
        start, end = (datetime.fromisoformat(request.args.get(name, "")) for name in ("from", "to"))
    except ValueError:
        start = end = edge().runtime.clock()
    start, end = (each if each.tzinfo else each.replace(tzinfo=ZONE) for each in (start, end))
    day = start.astimezone(ZONE).date()
    with reading() as db:
        found = facilities_for(db, seen())[:_SHOWN]
        bookings = bookings_between(db, [each.id for each in found], *on_day(day))
        zones = {each.region_code: zone_of(db, each.region_code) for each in found}
        names = school_names(db)
    stands = {each.id: standing(each, bookings, start, end, zones[each.region_code]) for each in found}
    found.sort(key=lambda each: ("free", "busy", "shut").index(stands[each.id]))
    return render_template(
        "resources/facilities_free.html",
        lanes=[(each, stands[each.id], bars(each, bookings, day)) for each in found],
        wanted=band(day, start, end),
        names=names,
        STATES=STATES,
        FIRST=FIRST,
        LAST=LAST,
    )


@blueprint.get("/use")
@SIGNED_IN
def use() -> str:
    """How much each is used, by the hour of the day, in the last four weeks and the next."""
    with reading() as db:
        found = facilities_for(db, seen())
        counts = used_by_hour(db, [each.id for each in found], now=edge().runtime.clock())
        names = school_names(db)
    most = max((count for row in counts.values() for count in row.values()), default=0)
    return render_template(
        "resources/facility_use.html",
        found=found,
        counts=counts,
        names=names,
        hours=range(FIRST, LAST),
        most=most,
    )
