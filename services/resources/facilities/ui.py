"""Facilities: a day of all of them, one with its week, its form, and how much each is used."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.resources.bookings.model import STATES
from services.resources.bookings.queries.finding import bookings_between, used_by_hour
from services.resources.bookings.queries.lines import FIRST, LAST, bars, day_of, on_day, week_of
from services.resources.facilities.commands.keeping import enter_facility, retire_facility, revise_facility
from services.resources.facilities.model.facility import APPROVALS, KINDS, WEEKDAYS, WEEKDAYS_EN, Terms
from services.resources.facilities.model.lending import KEEP, Asker
from services.resources.facilities.queries import (
    facilities_for,
    facility_for,
    own_schools,
    school_names,
)
from services.resources.facilities.schemas import FacilitySchema, terms_of
from shared.auth import SIGNED_IN
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.ids import uuid7
from shared.roster import name_of
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.spoken import sentences

blueprint = Blueprint(
    "facilities", __name__, url_prefix="/resources/facilities", template_folder="../templates"
)

_Page = str | tuple[str, int]


def asker() -> Asker:
    """Who asks."""
    asks = signed_in()
    return Asker(asks.scopes("administrator", "coordinator"), asks.schools)


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
    now = edge().runtime.clock()
    busy = {each.facility_id for each in bookings if each.starts_at <= now < each.ends_at}
    return render_template(
        "resources/facilities.html",
        day=day,
        weekday=(WEEKDAYS[day.weekday()], WEEKDAYS_EN[day.weekday()]),
        lanes=[
            (each, bars(each, [one for one in bookings if one.facility_id == each.id], day)) for each in found
        ],
        free=sum(each.id not in busy for each in found),
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
        week=list(zip(WEEKDAYS, WEEKDAYS_EN, strict=True)),
        KINDS=KINDS,
        APPROVALS=APPROVALS,
        STATES=STATES,
        FIRST=FIRST,
        LAST=LAST,
        theirs=asker().answers_for(school=facility.school_id, region=facility.region_code),
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


@blueprint.get("/new")
@KEEP
def new() -> _Page:
    """The form of a new one."""
    typed = {"approval": "owner", "audience": "region"} | {f"hours_{day}": "08:00-18:00" for day in range(5)}
    return _form(typed)


@blueprint.post("")
@KEEP
def enter() -> _Page | Response:
    """Lend something."""
    id_, own = uuid7(), asker()

    def work(tx: Transaction) -> None:
        said = FacilitySchema().load(_typed())
        terms = _terms(said)
        enter_facility(tx, id_=id_, school_id=said["school_id"], terms=terms, asker=own)

    try:
        command(work)
    except (ValidationError, Invalid, Forbidden) as error:
        return _form(_typed(), error=error)
    return redirect(url_for("facilities.page", facility_id=id_), 303)


@blueprint.get("/<uuid:facility_id>/revision")
@KEEP
def edit(facility_id: UUID) -> _Page:
    """The form of one that there is."""
    with reading() as db:
        facility = facility_for(db, facility_id, seen())
    typed = {
        "school_id": str(facility.school_id),
        "name": facility.name,
        "kind": facility.kind,
        "capacity": str(facility.capacity or ""),
        "equipment": " ".join(facility.equipment),
        "closed_days": " ".join(facility.closed_days),
        "audience": facility.audiences[0].partition(":")[0] if facility.audiences else "",
        "approval": facility.approval,
        "lead_hours": str(facility.lead_hours or ""),
        "no_show_minutes": str(facility.no_show_minutes or ""),
        "note": facility.note,
        "seen": str(facility.version),
        **{f"hours_{day}": facility.hours.get(str(day), "") for day in range(7)},
    }
    return _form(typed, facility_id=facility_id)


@blueprint.post("/<uuid:facility_id>/revision")
@KEEP
def revise(facility_id: UUID) -> _Page | Response:
    """Lend it on other terms."""
    own, version = asker(), request.form.get("seen", type=int)

    def work(tx: Transaction) -> None:
        terms = _terms(FacilitySchema().load(_typed()))
        revise_facility(tx, facility_id=facility_id, terms=terms, asker=own, seen=version)

    try:
        command(work)
    except (ValidationError, Invalid, Forbidden, Refusal) as error:
        return _form(request.form.to_dict(), facility_id=facility_id, error=error)
    return redirect(url_for("facilities.page", facility_id=facility_id), 303)


@blueprint.post("/<uuid:facility_id>/retirement")
@KEEP
def retire(facility_id: UUID) -> Response:
    """Lend it no more."""
    own, reason = asker(), request.form.get("reason", "").strip()[:200]
    command(lambda tx: retire_facility(tx, facility_id=facility_id, reason=reason, asker=own))
    return redirect(url_for("facilities.page", facility_id=facility_id), 303)


def _typed() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if value and name != "seen"}


def _terms(said: dict[str, str]) -> Terms:
    audience, school = said["audience"], said["school_id"]
    with reading() as db:
        region = next(
            (each.region_code for each in own_schools(db, asker()) if str(each.id) == str(school)), ""
        )
    chosen = {
        "all": "all",
        "province": f"region:{region[:2]}0000",
        "county": f"region:{region}",
        "school": f"school:{school}",
    }.get(audience, f"region:{region[:4]}00")
    return terms_of(said, audiences=(chosen,))


def _form(
    typed: dict[str, str],
    *,
    facility_id: UUID | None = None,
    error: ValidationError | Invalid | Forbidden | Refusal | None = None,
) -> _Page:
    said: dict[str, Sentence] = {}
    if error is not None:
        said = (
            sentences(error)
            if isinstance(error, ValidationError)
            else {error.field or "name": error.sentence}
        )
    with reading() as db:
        schools = own_schools(db, asker())
    html = render_template(
        "resources/facility_form.html",
        typed=typed,
        facility_id=facility_id,
        schools=[(str(each.id), each.name) for each in schools],
        errors=said,
        KINDS=KINDS,
        APPROVALS=APPROVALS,
        week=list(zip(WEEKDAYS, WEEKDAYS_EN, strict=True)),
    )
    if error is None:
        return html
    return html, int(getattr(error, "status", 422))
