"""What schools own and what they use: who is rich but unused, who owns little and makes the most of others'."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from services.resources.bookings.model import Booking
from services.resources.facilities.model.facility import Facility
from services.resources.items.model.item import Item, ItemSchool
from services.resources.use.model import Count
from services.resources.use.policies import NO_SCHOOL
from shared.roster import School, schools_in

#: States of a booking that was, or will be, used.
_USED = ("confirmed", "handed_over", "returned")

#: Who shares so much is rich.
RICH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A school: what it owns, how much others use of that, and how much it uses of others'.

    items: published ones that it makes. rooms: facilities that it lends. lent: uses of its items by other schools' people, and
    bookings of its rooms by others. taken: uses by its own people of others' items, and bookings of others' rooms.
    """

    school: School
    items: int
    rooms: int
    lent_items: int
    lent_rooms: int
    taken_items: int
    taken_rooms: int

    @property
    def owned(self) -> int:
        """All that it shares."""
        return self.items + self.rooms

    @property
    def lent(self) -> int:
        """All use that others make of it."""
        return self.lent_items + self.lent_rooms

    @property
    def hardly_used(self) -> bool:
        """Whether it is rich, and what it shares was used by others less than once a piece."""
        return self.owned >= RICH and self.owned > self.lent

    @property
    def taken(self) -> int:
        """All use that it makes of others'."""
        return self.taken_items + self.taken_rooms


def standings(db: Session, scopes: Iterable[str], *, since: date) -> list[Standing]:
    """Every school within the scopes, by region and code; use is counted from `since` on."""
    schools = schools_in(db, scopes)
    maker = aliased(ItemSchool)  # the readers' own school, beside the one that the figure is for
    makes = sa.select(maker.item_id).where(maker.item_id == Count.item_id, maker.school_id == Count.school_id)
    others = sa.and_(Count.day >= since, ~makes.exists())
    items = _sums(
        db,
        sa.select(ItemSchool.school_id, sa.func.count())
        .join(Item, Item.id == ItemSchool.item_id)
        .where(Item.state == "published")
        .group_by(ItemSchool.school_id),
    )
    rooms = _sums(
        db,
        sa.select(Facility.school_id, sa.func.count())
        .where(sa.not_(Facility.retired))
        .group_by(Facility.school_id),
    )
    lent_items = _sums(
        db,
        sa.select(ItemSchool.school_id, sa.func.sum(Count.number))
        .join(Count, Count.item_id == ItemSchool.item_id)
        .where(others)
        .group_by(ItemSchool.school_id),
    )
    taken_items = _sums(
        db,
        sa.select(Count.school_id, sa.func.sum(Count.number))
        .where(others, Count.school_id != NO_SCHOOL)
        .group_by(Count.school_id),
    )
    borrowed = sa.and_(
        Booking.state.in_(_USED), Booking.school_id.is_not(None), Booking.school_id != Facility.school_id
    )
    rooms_of = sa.select(Facility.school_id, sa.func.count()).join(
        Booking, Booking.facility_id == Facility.id
    )
    lent_rooms = _sums(db, rooms_of.where(borrowed).group_by(Facility.school_id))
    taken_rooms = _sums(
        db,
        sa.select(Booking.school_id, sa.func.count())
        .join(Facility, Facility.id == Booking.facility_id)
        .where(borrowed)
        .group_by(Booking.school_id),
    )
    return [
        Standing(
            school=school,
            items=items.get(school.id, 0),
            rooms=rooms.get(school.id, 0),
            lent_items=lent_items.get(school.id, 0),
            lent_rooms=lent_rooms.get(school.id, 0),
            taken_items=taken_items.get(school.id, 0),
            taken_rooms=taken_rooms.get(school.id, 0),
        )
        for school in schools
    ]


def _sums(db: Session, rows: sa.Select[UUID | None, int]) -> Mapping[UUID, int]:
    return {id_: int(number) for id_, number in db.execute(rows) if id_ is not None}
