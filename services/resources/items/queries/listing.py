"""Items as lists and pages show them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.items.model.item import Item, ItemSchool, Version
from services.resources.items.queries.seeing import Reader, no_such_item, visible
from shared.contracts.resources import ItemChanged
from shared.roster import School, lies_in, roster_schools, schools_in


@dataclass(frozen=True, slots=True)
class Line:
    """An item in a list, with the version that is shown: the published one, or the draft of what never was."""

    item: Item
    version: Version


def matching(
    rows: sa.Select[Item, Version], *, kind: str, subject: str, stage: str, state: str
) -> sa.Select[Item, Version]:
    """Of items with a version each those that are so; what is empty is any."""
    for wanted, column in (
        (kind, Item.kind),
        (state, Item.state),
        (stage, Version.stage),
        (subject, Version.subject),
    ):
        if wanted:
            rows = rows.where(column == wanted)
    return rows


def lines(
    db: Session,
    reader: Reader,
    *,
    kind: str = "",
    subject: str = "",
    stage: str = "",
    state: str = "",
    offset: int = 0,
    limit: int = 25,
) -> tuple[list[Line], int]:
    """The items that the reader may see and that match, the newest first, and how many there are in all."""
    shown = sa.func.coalesce(Item.current_id, Item.draft_id)
    rows = sa.select(Item, Version).join(Version, Version.id == shown).where(visible(reader))
    rows = matching(rows, kind=kind, subject=subject, stage=stage, state=state)
    total = db.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0
    newest = sa.func.coalesce(Item.published_at, Item.made_at).desc()
    found = db.execute(rows.order_by(newest, Item.id).offset(offset).limit(limit))
    return [Line(item, version) for item, version in found], total


def makers_of(db: Session, items: Iterable[UUID]) -> Mapping[UUID, list[tuple[UUID, str]]]:
    """The schools that make each of the items, by name."""
    wanted = list(items)
    told: dict[UUID, list[tuple[UUID, str]]] = {each: [] for each in wanted}
    rows = db.execute(
        sa.select(ItemSchool.item_id, ItemSchool.school_id, roster_schools.c.name)
        .outerjoin(roster_schools, roster_schools.c.school_id == ItemSchool.school_id)
        .where(ItemSchool.item_id.in_(wanted))
        .order_by(roster_schools.c.name)
    )
    for item_id, school_id, name in rows:
        told[item_id].append((school_id, name or ""))
    return told


def versions_of(db: Session, item_id: UUID) -> list[Version]:
    """All versions of an item, the newest first."""
    return list(
        db.scalars(sa.select(Version).where(Version.item_id == item_id).order_by(Version.index.desc()))
    )


def version_of(db: Session, item: Item, version_id: UUID | None) -> Version:
    """One version of the item; without an id the one that readers get, else the draft. Raises NotFound."""
    found = db.get(Version, version_id or item.current_id or item.draft_id)
    if found is None or found.item_id != item.id:
        raise no_such_item()
    return found


def subjects_of(db: Session, reader: Reader) -> list[str]:
    """The subjects that there is something of, for the reader."""
    shown = sa.func.coalesce(Item.current_id, Item.draft_id)
    rows = (
        sa.select(Version.subject)
        .join(Item, Version.id == shown)
        .where(visible(reader), Version.subject != "")
    )
    return sorted(set(db.scalars(rows.distinct())))


def schools_to_make_for(db: Session, reader: Reader) -> list[School]:
    """The schools in whose name the reader may make items."""
    return schools_in(db, [*reader.edits, *(f"school:{each}" for each in reader.makes)])


def region_of_school(db: Session, school_id: UUID) -> str | None:
    """Where a school lies."""
    return db.scalar(sa.select(roster_schools.c.region_code).where(roster_schools.c.school_id == school_id))


def schools_opened_to(db: Session, audiences: Iterable[str]) -> int:
    """How many schools the audiences hold: what is said before something is opened to them."""
    told = list(audiences)
    if not told:
        return 0
    rows = sa.select(sa.func.count()).where(
        sa.not_(roster_schools.c.retired), sa.or_(*(lies_in(each) for each in told))
    )
    return db.scalar(rows) or 0


def item_states(db: Session) -> Iterator[ItemChanged]:
    """The state of every item, for `republish`."""
    for item in db.scalars(sa.select(Item).order_by(Item.id)):
        yield item.as_it_is()
