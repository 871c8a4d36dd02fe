"""What owners do with their facilities."""

from uuid import UUID

import sqlalchemy as sa

from services.resources.facilities.model.facility import Facility, FacilityAudience, Terms
from services.resources.facilities.model.lending import Asker
from services.resources.facilities.queries import facility_called, no_such_facility
from shared.contracts.resources import FacilityChanged
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Stale
from shared.roster import roster_schools
from shared.text import Sentence

#: What is added to a version that must exceed those that a lost facility may have had.
BEYOND = 1_000_000


def enter_facility(tx: Transaction, *, id_: UUID, school_id: UUID, terms: Terms, asker: Asker) -> Facility:
    """Lend something of a school. Raises Invalid, Forbidden."""
    region = tx.db.scalar(
        sa.select(roster_schools.c.region_code).where(roster_schools.c.school_id == school_id)
    )
    if region is None or not asker.answers_for(school=school_id, region=region):
        raise Forbidden(
            Sentence(zh="请选择你负责的学校。", en="Choose a school that you answer for."), field="school_id"
        )
    _insist_on_a_name_of_its_own(tx, school_id, terms.name)
    return keep_facility(tx, id_=id_, school_id=school_id, region_code=region, terms=terms)


def keep_facility(tx: Transaction, *, id_: UUID, school_id: UUID, region_code: str, terms: Terms) -> Facility:
    """A facility whose school need not be in the copy yet, as an import or the demonstration brings it."""
    facility = Facility.enter(id_=id_, school_id=school_id, region_code=region_code, terms=terms)
    tx.db.add(facility)
    tx.db.flush()  # the audiences refer to it
    _say_for_whom(tx, facility)
    tx.emit(facility.state())
    return facility


def revise_facility(
    tx: Transaction, *, facility_id: UUID, terms: Terms, asker: Asker, seen: int | None = None
) -> Facility:
    """Lend it on other terms. Raises NotFound, Invalid, Stale."""
    facility = _theirs(tx, facility_id, asker, seen)
    if terms.name != facility.name:
        _insist_on_a_name_of_its_own(tx, facility.school_id, terms.name)
    tx.emit(facility.revise(terms))
    _say_for_whom(tx, facility)
    return facility


def retire_facility(tx: Transaction, *, facility_id: UUID, reason: str, asker: Asker) -> Facility:
    """Lend it no more; what is booked stays booked. Raises NotFound, Invalid."""
    facility = _theirs(tx, facility_id, asker, None)
    tx.emit(facility.retire(reason=reason))
    return facility


def adopt_facility(tx: Transaction, event: FacilityChanged) -> None:
    """After a restore: what was published is newer; the facility counts on from there."""
    facility = tx.db.get(Facility, event.facility_id)
    if facility is not None:
        facility.version = max(facility.version, event.version)
        facility.name, facility.capacity, facility.retired = event.name, event.capacity, event.retired


def _theirs(tx: Transaction, facility_id: UUID, asker: Asker, seen: int | None) -> Facility:
    facility = tx.load(Facility, facility_id)
    if not asker.answers_for(school=facility.school_id, region=facility.region_code):
        raise no_such_facility()
    if seen is not None and seen != facility.version:
        raise Stale(
            Sentence(
                zh="你打开页面之后，这个场地已有变动，请核对后再改。",
                en="This facility has changed since you opened the page; look at it again.",
            ),
            seen=seen,
            now=facility.version,
        )
    return facility


def _insist_on_a_name_of_its_own(tx: Transaction, school_id: UUID, name: str) -> None:
    """Who borrows chooses by school and name: two of a name nobody could tell apart. Raises Invalid."""
    if facility_called(tx.db, school_id, name) is not None:
        raise Invalid(
            Sentence(
                zh=f"这所学校已经有“{name}”，请换一个能区分的名称。",
                en=f"This school has a “{name}” already; give it a name that tells them apart.",
            ),
            field="name",
        )


def _say_for_whom(tx: Transaction, facility: Facility) -> None:
    tx.db.execute(sa.delete(FacilityAudience).where(FacilityAudience.facility_id == facility.id))
    for audience in dict.fromkeys(facility.audiences):
        tx.db.add(FacilityAudience(facility_id=facility.id, audience=audience))
