"""Reads about facilities."""

from collections.abc import Iterable, Iterator
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.facilities.model.facility import Facility, FacilityAudience
from services.resources.facilities.model.lending import Asker, Borrower
from shared.auth.grants import significant
from shared.contracts.resources import FacilityChanged
from shared.errors import NotFound
from shared.roster import School, roster_schools, schools_in
from shared.roster.tables import roster_group_schools, roster_regions
from shared.text import Sentence

_ZONE = "Asia/Shanghai"


def zone_of(db: Session, region_code: str) -> ZoneInfo:
    """The zone that the owner's region lives by."""
    said = db.scalar(sa.select(roster_regions.c.zone).where(roster_regions.c.code == region_code))
    return ZoneInfo(said or _ZONE)


def with_zones(db: Session, *which: sa.ColumnElement[bool]) -> list[tuple[Facility, ZoneInfo]]:
    """Those facilities, each with the zone that its owner's region lives by. One query."""
    rows = (
        sa.select(Facility, roster_regions.c.zone)
        .outerjoin(roster_regions, roster_regions.c.code == Facility.region_code)
        .where(*which)
    )
    return [(facility, ZoneInfo(said or _ZONE)) for facility, said in db.execute(rows)]


def with_zone(db: Session, facility_id: UUID) -> tuple[Facility, ZoneInfo] | None:
    """That facility with its zone, if there is one. One query."""
    return next(iter(with_zones(db, Facility.id == facility_id)), None)


def borrower_of(db: Session, *, school_id: UUID | None, region_code: str) -> Borrower:
    """For whom it is asked, with what the roster knows of them. One query."""
    if school_id is None:
        return Borrower(None, region_code)
    schools, members = roster_schools.c, roster_group_schools.c
    rows = db.execute(
        sa.select(schools.region_code, members.group_id)
        .outerjoin_from(roster_schools, roster_group_schools, members.school_id == schools.school_id)
        .where(schools.school_id == school_id)
    ).all()
    groups = frozenset(f"group:{group}" for _, group in rows if group is not None)
    return Borrower(school_id, rows[0][0] if rows else region_code, groups)


def visible(db: Session, scopes: Iterable[str]) -> sa.ColumnElement[bool]:
    """Whether a facility is there for who holds these scopes: theirs, below them, or lent to them."""
    own: list[sa.ColumnElement[bool]] = []
    keys = set[str]()
    for scope in scopes:
        kind, _, value = scope.partition(":")
        if scope == "all":
            return sa.true()
        if kind == "region":
            own.append(_lies_in(value))
            keys |= _above(value)
        elif kind == "school":
            own.append(Facility.school_id == UUID(value))
            keys |= _keys_of(borrower_of(db, school_id=UUID(value), region_code=""))
    return sa.or_(_lent(keys), *own)


def lent_to(borrower: Borrower) -> sa.ColumnElement[bool]:
    """Whether a facility is there for that borrower: its own, or lent to it."""
    own = Facility.school_id == borrower.school_id if borrower.school_id else _lies_in(borrower.region_code)
    return sa.or_(_lent(_keys_of(borrower)), own)


def _lent(keys: Iterable[str]) -> sa.ColumnElement[bool]:
    to = FacilityAudience.audience.in_(sorted({"all", *keys}))
    return Facility.id.in_(sa.select(FacilityAudience.facility_id).where(to))


def _lies_in(region_code: str) -> sa.ColumnElement[bool]:
    return Facility.region_code.startswith(significant(region_code), autoescape=True)


def _keys_of(borrower: Borrower) -> set[str]:
    above = set(_above(borrower.region_code)) if borrower.region_code else set()
    return above | borrower.groups | ({f"school:{borrower.school_id}"} if borrower.school_id else set())


def facilities_for(db: Session, scopes: Iterable[str], *, retired: bool = False) -> list[Facility]:
    """Those that there are for who holds the scopes, by region, school and name."""
    rows = sa.select(Facility).where(visible(db, scopes))
    if not retired:
        rows = rows.where(sa.not_(Facility.retired))
    return list(db.scalars(rows.order_by(Facility.region_code, Facility.school_id, Facility.name)))


def facilities_called(
    db: Session, scopes: Iterable[str], words: str, *, limit: int
) -> list[tuple[Facility, str]]:
    """Those that who holds the scopes may see whose name, or whose school's, has each of the words; with the school. One query."""
    school = sa.func.coalesce(roster_schools.c.name, "")
    rows = (
        sa.select(Facility, school)
        .outerjoin(roster_schools, roster_schools.c.school_id == Facility.school_id)
        .where(visible(db, scopes), sa.not_(Facility.retired))
        .order_by(school, Facility.name)
    )
    for word in words.split()[:4]:
        found = (column.icontains(word, autoescape=True) for column in (Facility.name, school))
        rows = rows.where(sa.or_(*found))
    return [(facility, name) for facility, name in db.execute(rows.limit(limit))]


def facility_called(db: Session, school_id: UUID, name: str) -> Facility | None:
    """What a school lends under that name."""
    rows = sa.select(Facility).where(
        Facility.school_id == school_id, Facility.name == name, sa.not_(Facility.retired)
    )
    return db.scalars(rows.limit(1)).first()


def facility_for(db: Session, facility_id: UUID, scopes: Iterable[str]) -> Facility:
    """One of them. Raises NotFound."""
    found = db.scalar(sa.select(Facility).where(Facility.id == facility_id, visible(db, scopes)))
    if found is None:
        raise no_such_facility()
    return found


def no_such_facility() -> NotFound:
    """What who may not know of it is told, too."""
    return NotFound(
        Sentence(
            zh="没有这个场地，或它不对你开放。", en="There is no such facility, or it is not open to you."
        )
    )


def school_names(db: Session) -> dict[UUID, str]:
    """What the roster calls schools."""
    return {
        row[0]: row[1] for row in db.execute(sa.select(roster_schools.c.school_id, roster_schools.c.name))
    }


def own_schools(db: Session, asker: Asker) -> list[School]:
    """The schools for which somebody may borrow and lend."""
    return schools_in(db, [*asker.scopes, *(f"school:{id_}" for id_ in asker.schools)])


def facility_states(db: Session) -> Iterator[FacilityChanged]:
    """The state of every facility, for `republish`."""
    for facility in db.scalars(sa.select(Facility).order_by(Facility.id)):
        yield facility.state()


def _above(region: str) -> set[str]:
    """The scopes of a region and of those above it."""
    return {f"region:{region}", f"region:{region[:4]}00", f"region:{region[:2]}0000"}
