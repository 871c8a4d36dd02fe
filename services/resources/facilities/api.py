"""Facilities as JSON: which there are, on which terms, and who has one when."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from flask_smorest import Blueprint

from services.resources.facilities.commands.keeping import enter_facility, retire_facility, revise_facility
from services.resources.facilities.model.facility import Facility, Terms
from services.resources.facilities.model.lending import KEEP, Asker
from services.resources.facilities.queries import facilities_for, facility_for
from services.resources.facilities.schemas import (
    EnteringSchema,
    FacilityShownSchema,
    RetiringSchema,
    RevisingSchema,
)
from shared.auth import SIGNED_IN
from shared.ids import uuid7
from shared.web.edge import command, reading, signed_in
from shared.web.preconditions import etag, seen

blueprint = Blueprint(
    "facilities_api", __name__, url_prefix="/resources/api/v1/facilities", description="Rooms and equipment"
)


@blueprint.get("")
@SIGNED_IN
@blueprint.response(200, FacilityShownSchema(many=True))
def index() -> list[Facility]:
    """Those that the reader may borrow or looks after; `?kind=` narrows."""
    kind = request.args.get("kind", "")
    with reading() as db:
        return [each for each in facilities_for(db, _scopes()) if kind in {"", each.kind}]


@blueprint.get("/<uuid:facility_id>")
@SIGNED_IN
@blueprint.response(200, FacilityShownSchema)
def one(facility_id: UUID) -> tuple[Facility, int, dict[str, str]]:
    """One of them; its ETag is its version, which a change may name in If-Match."""
    return _now(facility_id)


@blueprint.post("")
@KEEP
@blueprint.arguments(EnteringSchema)
@blueprint.response(201, FacilityShownSchema)
def enter(asked: dict[str, Any]) -> tuple[Facility, int, dict[str, str]]:
    """Lend something of a school."""
    id_, own, school = uuid7(), _asker(), asked.pop("school_id")
    terms = Terms(**asked)
    command(lambda tx: enter_facility(tx, id_=id_, school_id=school, terms=terms, asker=own).id)
    found, _, headers = _now(id_)
    return found, 201, {**headers, "Location": url_for("facilities_api.one", facility_id=id_)}


@blueprint.put("/<uuid:facility_id>")
@KEEP
@blueprint.arguments(RevisingSchema)
@blueprint.response(200, FacilityShownSchema)
def revise(asked: dict[str, Any], facility_id: UUID) -> tuple[Facility, int, dict[str, str]]:
    """Lend it on other terms; what is booked stays booked."""
    own, version, terms = _asker(), seen(), Terms(**asked)
    command(lambda tx: revise_facility(tx, facility_id=facility_id, terms=terms, asker=own, seen=version).id)
    return _now(facility_id)


@blueprint.post("/<uuid:facility_id>/retirement")
@KEEP
@blueprint.arguments(RetiringSchema)
@blueprint.response(200, FacilityShownSchema)
def retire(asked: dict[str, str], facility_id: UUID) -> tuple[Facility, int, dict[str, str]]:
    """Lend it no more; what is booked stays booked."""
    own = _asker()
    command(lambda tx: retire_facility(tx, facility_id=facility_id, reason=asked["reason"], asker=own).id)
    return _now(facility_id)


def _asker() -> Asker:
    asks = signed_in()
    return Asker(asks.scopes("administrator", "coordinator"), asks.schools)


def _scopes() -> frozenset[str]:
    return frozenset(grant.scope for grant in signed_in().grants)


def _now(facility_id: UUID) -> tuple[Facility, int, dict[str, str]]:
    with reading() as db:
        found = facility_for(db, facility_id, _scopes())
    return found, 200, etag(found.version)
