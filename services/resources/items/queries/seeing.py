"""Who may see an item, and why: one function answers for lists, pages, files and search, inside the query."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.items.model.item import Item, ItemAudience, ItemSchool
from shared.auth import Principal, covers
from shared.auth.grants import significant
from shared.errors import NotFound
from shared.roster import name_of, roster_schools
from shared.roster.tables import roster_group_schools
from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads. kept: the scopes that they look after or audit. schools: of whose people they are.

    edits: the scopes in which they coordinate. makes: the schools for which they may make items.
    keys: the audiences that they belong to: a published item that is open to one of them is theirs to read.
    liaises: the schools for which they answer.
    """

    kept: frozenset[str]
    edits: frozenset[str]
    schools: frozenset[UUID]
    makes: frozenset[UUID]
    keys: frozenset[str]
    liaises: frozenset[UUID] = frozenset()

    @property
    def school(self) -> UUID | None:
        """The school that their use counts for."""
        return min(self.schools, default=None)


def reader_of(db: Session, asks: Principal) -> Reader:
    """The reader that a principal is, with the groups and regions of their schools."""
    scopes = frozenset(grant.scope for grant in asks.grants)
    schools = _schools(scopes)
    keys = {"all", *scopes}
    for scope in scopes:
        if scope.startswith("region:"):
            keys |= _above(scope.removeprefix("region:"))
    if schools:
        table, belongs = roster_schools.c, roster_group_schools.c
        for region in db.scalars(sa.select(table.region_code).where(table.school_id.in_(schools))):
            keys |= _above(region)
        groups = sa.select(belongs.group_id).where(belongs.school_id.in_(schools))
        keys |= {f"group:{id_}" for id_ in db.scalars(groups)}
    return Reader(
        kept=asks.scopes("administrator", "coordinator", "auditor"),
        edits=asks.scopes("administrator", "coordinator"),
        schools=schools,
        makes=_schools(asks.scopes("liaison", "teacher")),
        keys=frozenset(keys),
        liaises=_schools(asks.scopes("liaison")),
    )


def visible(reader: Reader) -> sa.ColumnElement[bool]:
    """Whether a row of `items` is there for the reader: open to them, made by their school, or within what they look after."""
    if "all" in reader.kept:
        return sa.true()
    opened = sa.select(ItemAudience.item_id).where(ItemAudience.audience.in_(sorted(reader.keys)))
    ways = [sa.and_(Item.current_id.is_not(None), Item.state != "retired", Item.id.in_(opened))]
    if reader.schools:
        made = sa.select(ItemSchool.item_id).where(ItemSchool.school_id.in_(reader.schools))
        ways.append(Item.id.in_(made))
    ways.extend(
        Item.region_code.startswith(significant(scope.removeprefix("region:")), autoescape=True)
        for scope in sorted(reader.kept)
        if scope.startswith("region:")
    )
    return sa.or_(*ways)


def item_for(db: Session, item_id: UUID, reader: Reader) -> Item:
    """An item that the reader may see. Raises NotFound: of others nobody learns that they are there."""
    found = db.scalar(sa.select(Item).where(Item.id == item_id, visible(reader)))
    if found is None:
        raise no_such_item()
    return found


def why_visible(db: Session, item: Item) -> list[tuple[Sentence, Sentence]]:
    """Who can see an item, and why: made of the very rows that `visible` filters by."""
    told: list[tuple[Sentence, Sentence]] = []
    if item.current_id is not None and item.state != "retired":
        opened = Sentence(zh="提供者开放给他们", en="its makers opened it to them")
        audiences = sa.select(ItemAudience.audience).where(ItemAudience.item_id == item.id)
        told += [
            (name_of(db, each), opened) for each in db.scalars(audiences.order_by(ItemAudience.audience))
        ]
    made = Sentence(zh="参与建设的学校", en="a school that makes it")
    schools = sa.select(ItemSchool.school_id).where(ItemSchool.item_id == item.id)
    told += [(name_of(db, f"school:{each}"), made) for each in db.scalars(schools)]
    looks = Sentence(zh="区域管理和审计人员", en="coordinators and auditors of the region")
    told.append((name_of(db, f"region:{item.region_code}"), looks))
    return told


def why_theirs(reader: Reader, item: Item, makers: Iterable[UUID]) -> Sentence:
    """Why this reader may see the item."""
    if reader.schools & set(makers):
        return Sentence(zh="你的学校参与建设", en="your school makes it")
    if any(covers(scope, region=item.region_code) for scope in reader.kept):
        return Sentence(zh="它属于你管理的区域", en="it lies in a region that you look after")
    return Sentence(zh="它向你所在的学校或区域开放", en="it is open to your school or region")


def may_edit(reader: Reader, item: Item, makers: Iterable[UUID]) -> bool:
    """Whether the reader may work on it: of a school that makes it, or one who coordinates its region."""
    return bool(reader.makes & set(makers)) or may_publish(reader, item)


def may_publish(reader: Reader, item: Item) -> bool:
    """Whether the reader coordinates its region; whether their word publishes it is its region's rule to say (`reviewing`)."""
    return any(covers(scope, region=item.region_code) for scope in reader.edits)


def no_such_item() -> NotFound:
    """What who may not know of it is told, too."""
    return NotFound(
        Sentence(zh="没有这个资源，或它不对你开放。", en="There is no such item, or it is not open to you.")
    )


def _schools(scopes: Iterable[str]) -> frozenset[UUID]:
    return frozenset(UUID(scope.removeprefix("school:")) for scope in scopes if scope.startswith("school:"))


def _above(region: str) -> set[str]:
    """The scopes of a region and of those above it."""
    return {f"region:{region}", f"region:{region[:4]}00", f"region:{region[:2]}0000"}
