"""Bookings as JSON: asked for, answered, handed over, come back. 409 with `offers` where somebody else has it then."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_smorest import Blueprint

from services.resources.bookings.commands.asking import Wish, book, withdraw
from services.resources.bookings.commands.owning import agree, decline, hand_over, take_away, take_back
from services.resources.bookings.model import Booking
from services.resources.bookings.queries.finding import booking_for, bookings_of
from services.resources.bookings.schemas import (
    AskingSchema,
    BookingShownSchema,
    RemarkSchema,
    TakingAwaySchema,
)
from services.resources.facilities.model.lending import KEEP, Asker
from services.resources.facilities.queries import borrower_of
from shared.auth import readers
from shared.db import Transaction
from shared.ids import uuid7
from shared.web.edge import command, reading, signed_in
from shared.web.preconditions import etag

blueprint = Blueprint(
    "bookings_api", __name__, url_prefix="/resources/api/v1/bookings", description="Who has which room when"
)

_SEE = readers("administrator", "coordinator", "liaison")
_MOST = 1_000
_Now = tuple[Booking, int, dict[str, str]]


@blueprint.get("")
@_SEE
@blueprint.response(200, BookingShownSchema(many=True))
def index() -> list[Booking]:
    """The latest bookings of what the reader lends or borrows, a thousand at most; `?state=` narrows."""
    state = request.args.get("state", "")
    with reading() as db:
        return [each for each, _ in bookings_of(db, _reader(), most=_MOST, state=state)]


@blueprint.get("/<uuid:booking_id>")
@_SEE
@blueprint.response(200, BookingShownSchema)
def one(booking_id: UUID) -> _Now:
    """One of them, with all that was done."""
    return _now(booking_id)


@blueprint.post("")
@KEEP
@blueprint.arguments(AskingSchema)
@blueprint.response(201, BookingShownSchema)
def ask(asked: dict[str, Any]) -> _Now:
    """Book, or ask for it where somebody has to agree."""
    id_, own = uuid7(), _asker()

    def work(tx: Transaction) -> UUID:
        region = borrower_of(tx.db, school_id=asked["school_id"], region_code="").region_code
        return book(tx, wish=Wish(request_id=id_, region_code=region, **asked), asker=own).id

    command(work)
    found, _, headers = _now(id_)
    return found, 201, {**headers, "Location": url_for("bookings_api.one", booking_id=id_)}


@blueprint.post("/<uuid:booking_id>/agreement")
@KEEP
@blueprint.response(200, BookingShownSchema)
def agree_to(booking_id: UUID) -> _Now:
    """The owner, or then its region, agrees."""
    own = _asker()
    return _did(booking_id, lambda tx: agree(tx, booking_id=booking_id, asker=own))


@blueprint.post("/<uuid:booking_id>/refusal")
@KEEP
@blueprint.arguments(RemarkSchema)
@blueprint.response(200, BookingShownSchema)
def refuse(asked: dict[str, str], booking_id: UUID) -> _Now:
    """The owner does not agree, and says why."""
    own = _asker()
    return _did(booking_id, lambda tx: decline(tx, booking_id=booking_id, reason=asked["reason"], asker=own))


@blueprint.post("/<uuid:booking_id>/handover")
@KEEP
@blueprint.arguments(RemarkSchema)
@blueprint.response(200, BookingShownSchema)
def give_out(asked: dict[str, str], booking_id: UUID) -> _Now:
    """It was handed over to `person`; `reason` says in which state."""
    own = _asker()
    return _did(
        booking_id,
        lambda tx: hand_over(
            tx, booking_id=booking_id, remark=asked["reason"], person=asked["person"], asker=own
        ),
    )


@blueprint.post("/<uuid:booking_id>/return")
@KEEP
@blueprint.arguments(RemarkSchema)
@blueprint.response(200, BookingShownSchema)
def come_back(asked: dict[str, str], booking_id: UUID) -> _Now:
    """`person` brought it back; `reason` says in which state."""
    own = _asker()
    return _did(
        booking_id,
        lambda tx: take_back(
            tx, booking_id=booking_id, remark=asked["reason"], person=asked["person"], asker=own
        ),
    )


@blueprint.post("/<uuid:booking_id>/release")
@KEEP
@blueprint.arguments(TakingAwaySchema)
@blueprint.response(200, BookingShownSchema)
def release(asked: dict[str, Any], booking_id: UUID) -> _Now:
    """The owner needs it, or nobody came."""
    own = _asker()
    return _did(booking_id, lambda tx: take_away(tx, booking_id=booking_id, asker=own, **asked))


@blueprint.post("/<uuid:booking_id>/withdrawal")
@KEEP
@blueprint.response(200, BookingShownSchema)
def draw_back(booking_id: UUID) -> _Now:
    """Who booked needs it no more."""
    own = _asker()
    return _did(booking_id, lambda tx: withdraw(tx, booking_id=booking_id, asker=own))


def _asker() -> Asker:
    asks = signed_in()
    return Asker(asks.scopes("administrator", "coordinator"), asks.schools)


def _reader() -> Asker:
    asks = signed_in()
    return Asker(asks.reads("administrator", "coordinator"), asks.schools)


def _did(booking_id: UUID, work: Callable[[Transaction], Booking]) -> _Now:
    command(lambda tx: work(tx).id)
    return _now(booking_id)


def _now(booking_id: UUID) -> _Now:
    with reading() as db:
        found, _ = booking_for(db, booking_id, _reader())
    return found, 200, etag(found.version)
