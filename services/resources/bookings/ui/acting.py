"""Bookings: asking, answering, handing over, and their log."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.resources.bookings.commands.asking import Taken, Wish, book, withdraw
from services.resources.bookings.commands.owning import agree, decline, hand_over, take_away, take_back
from services.resources.bookings.model import STATES, Booking
from services.resources.bookings.queries.finding import booking_for, bookings_of, waiting_for
from services.resources.bookings.queries.lines import ZONE
from services.resources.bookings.schemas import BookingSchema, RemarkSchema, moment_of
from services.resources.facilities.model.lending import KEEP, Asker
from services.resources.facilities.queries import facilities_for, own_schools, school_names
from shared.auth import readers
from shared.contracts.resources import Free
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, NotFound, Refusal
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.spoken import sentences

blueprint = Blueprint(
    "bookings", __name__, url_prefix="/resources/bookings", template_folder="../../templates"
)

_Page = str | tuple[str, int]
SEE = readers("administrator", "coordinator", "liaison")

#: What the log calls what was done.
STEPS = {state: word for state, (_, word) in STATES.items()} | {
    "moved": Sentence(zh="改约", en="Moved"),
    "agreed": Sentence(zh="所属学校已同意，等所在区域", en="The owner agreed; its region is asked"),
}


@blueprint.get("")
@SEE
def index() -> str:
    """What waits for an answer, and the bookings of what the reader lends or borrows."""
    own = reader()
    with reading() as db:
        waiting = waiting_for(db, _asker()) if KEEP.allows(signed_in()) else []
        rows = bookings_of(db, own)
        names = school_names(db)
    return render_template("resources/bookings.html", waiting=waiting, rows=rows, names=names, STATES=STATES)


@blueprint.get("/new")
@KEEP
def new() -> _Page:
    """The form, with what the address says already."""
    return _form(dict(request.args.items()))


@blueprint.post("")
@KEEP
def ask() -> _Page | Response:
    """Book, or ask for it."""
    id_, own = uuid7(), _asker()
    typed = {name: value for name, value in request.form.items() if value}

    def work(tx: Transaction) -> Booking:
        said = BookingSchema().load(typed)
        wish = Wish(
            request_id=id_,
            facility_id=said["facility_id"],
            title=said["title"],
            starts_at=moment_of(said["day"], said["start"], field="start"),
            ends_at=moment_of(said["day"], said["end"], field="end"),
            region_code=_region(said["school_id"]),
            school_id=said["school_id"],
            people=said["people"],
        )
        return book(tx, wish=wish, asker=own)

    try:
        command(work)
    except Taken as error:
        return _form(typed, {"start": error.sentence}, offers=error.offers, status=409)
    except ValidationError as error:
        return _form(typed, sentences(error), status=422)
    except (Invalid, Forbidden, NotFound) as error:
        field = {"starts_at": "start", "ends_at": "end"}.get(error.field or "", error.field or "facility_id")
        return _form(typed, {field: error.sentence}, status=int(error.status))
    return redirect(url_for("bookings.page", booking_id=id_), 303)


@blueprint.get("/<uuid:booking_id>")
@SEE
def page(booking_id: UUID) -> _Page:
    """One booking: who, when, what can be done, and its log."""
    return _shown(booking_id)


@blueprint.post("/<uuid:booking_id>/agreement")
@KEEP
def agree_to(booking_id: UUID) -> _Page | Response:
    """The owner agrees."""
    own = _asker()
    return _do(booking_id, lambda tx, _: agree(tx, booking_id=booking_id, asker=own))


@blueprint.post("/<uuid:booking_id>/refusal")
@KEEP
def refuse(booking_id: UUID) -> _Page | Response:
    """The owner does not agree."""
    own = _asker()
    return _do(booking_id, lambda tx, why: decline(tx, booking_id=booking_id, reason=why, asker=own))


@blueprint.post("/<uuid:booking_id>/handover")
@KEEP
def give_out(booking_id: UUID) -> _Page | Response:
    """It was handed over."""
    own = _asker()
    return _do(
        booking_id,
        lambda tx, why: hand_over(tx, booking_id=booking_id, remark=why, person=_person(), asker=own),
    )


@blueprint.post("/<uuid:booking_id>/return")
@KEEP
def come_back(booking_id: UUID) -> _Page | Response:
    """It came back."""
    own = _asker()
    return _do(
        booking_id,
        lambda tx, why: take_back(tx, booking_id=booking_id, remark=why, person=_person(), asker=own),
    )


@blueprint.post("/<uuid:booking_id>/release")
@KEEP
def release(booking_id: UUID) -> _Page | Response:
    """The owner needs it; with `no_show` nobody came."""
    own, no_show = _asker(), "no_show" in request.form
    return _do(
        booking_id,
        lambda tx, why: take_away(tx, booking_id=booking_id, reason=why, no_show=no_show, asker=own),
    )


@blueprint.post("/<uuid:booking_id>/withdrawal")
@KEEP
def draw_back(booking_id: UUID) -> _Page | Response:
    """Who booked needs it no more."""
    own = _asker()
    return _do(booking_id, lambda tx, _: withdraw(tx, booking_id=booking_id, asker=own))


def _asker() -> Asker:
    asks = signed_in()
    return Asker(asks.scopes("administrator", "coordinator"), asks.schools)


def reader() -> Asker:
    """What they read as."""
    asks = signed_in()
    return Asker(asks.reads("administrator", "coordinator"), asks.schools)


def _person() -> str:
    """Who took it, or brought it back, as the form says. Raises ValidationError."""
    return str(RemarkSchema().load({"person": request.form.get("person", "")})["person"])


def _region(school_id: UUID) -> str:
    with reading() as db:
        return next((each.region_code for each in own_schools(db, _asker()) if each.id == school_id), "")


def _do(booking_id: UUID, work: Callable[[Transaction, str], object]) -> _Page | Response:
    typed = request.form.get("reason", "")
    try:
        reason: str = RemarkSchema().load({"reason": typed})["reason"]
        command(lambda tx: work(tx, reason))
    except ValidationError as error:
        return _shown(booking_id, refused=next(iter(sentences(error).values())), typed=typed, status=422)
    except (Invalid, Refusal) as error:
        return _shown(booking_id, refused=error.sentence, typed=typed, status=int(error.status))
    return redirect(url_for("bookings.page", booking_id=booking_id), 303)


def _shown(booking_id: UUID, *, refused: Sentence | None = None, typed: str = "", status: int = 200) -> _Page:
    own = _asker()
    with reading() as db:
        booking, facility = booking_for(db, booking_id, reader())
        names = school_names(db)
    html = render_template(
        "resources/booking.html",
        booking=booking,
        facility=facility,
        names=names,
        state=STATES[booking.state],
        STEPS=STEPS,
        log=[(each, datetime.fromisoformat(each["at"])) for each in booking.log],
        now=edge().runtime.clock(),
        lends=own.answers_for(school=facility.school_id, region=facility.region_code),
        borrows=own.answers_for(school=booking.school_id, region=booking.region_code)
        and booking.session_id is None,
        refused=refused,
        typed=typed,
        ZONE=ZONE,
    )
    return (html, status) if status != 200 else html  # noqa: PLR2004  OK


def _form(
    typed: dict[str, str],
    errors: dict[str, Sentence] | None = None,
    *,
    offers: tuple[Free, ...] = (),
    status: int = 200,
) -> _Page:
    own = _asker()
    with reading() as db:
        scopes = [*own.scopes, *(f"school:{id_}" for id_ in own.schools)]
        found = facilities_for(db, scopes)
        names = school_names(db)
        schools = own_schools(db, own)
    called = {each.id: f"{names.get(each.school_id, '')} · {each.name}" for each in found}
    html = render_template(
        "resources/booking_form.html",
        typed=typed,
        errors=errors or {},
        offers=[
            (
                each,
                called.get(each.facility_id, each.name),
                each.starts_at.astimezone(ZONE),
                each.ends_at.astimezone(ZONE),
            )
            for each in offers
        ],
        found=[(str(id_), name) for id_, name in called.items()],
        schools=[(str(each.id), each.name) for each in schools],
    )
    return (html, status) if status != 200 else html  # noqa: PLR2004  OK
