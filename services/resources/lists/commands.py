"""Bringing in a list of items, and changing many at once; each row and each item stands for itself."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

import sqlalchemy as sa

from services.resources.facilities.commands.bringing import Brought as Rooms
from services.resources.facilities.commands.bringing import bring_facilities
from services.resources.facilities.model.lending import Asker
from services.resources.items.commands import making, publishing
from services.resources.items.model.item import Content, Item
from services.resources.items.queries.listing import schools_to_make_for
from services.resources.items.queries.opening import audiences_of
from services.resources.items.queries.seeing import Reader
from services.resources.lists.policies import Row, headed, read_row, same
from shared.db import Transaction
from shared.errors import Forbidden, TongxingError
from shared.ids import named
from shared.roster import School
from shared.roster.tables import roster_group_schools, roster_groups
from shared.text import Sentence


@dataclass(slots=True)
class Brought:
    """What came of a list: how many came in and were known; by row what is odd, and what was refused.

    rooms: rows of facilities; facilities: what came of them, where the reader keeps any.
    """

    new: int = 0
    known: int = 0
    rooms: int = 0
    facilities: Rooms | None = None
    warnings: dict[int, Sentence] = field(default_factory=dict)
    problems: dict[int, Sentence] = field(default_factory=dict)


def bring_items(
    tx: Transaction,
    rows: Sequence[tuple[int, Sequence[object]]],
    *,
    reader: Reader,
    keeps: Asker | None = None,
    published: bool = False,
) -> Brought:
    """Make a draft of each row, of schools that the reader makes items for; what is there stays as it is: a list may come twice.

    keeps: as whom its rooms and equipment are brought in, if they are. published: publish them at once, those on which
    the reader decides.
    """
    brought = Brought()
    schools = {each.name: each for each in schools_to_make_for(tx.db, reader)}
    for number, cells in headed(rows):
        row = read_row(cells)
        if row is None:
            brought.rooms += 1
        elif isinstance(row, Sentence):
            brought.problems[number] = row
        elif (school := schools.get(row.school)) is None:
            brought.problems[number] = Sentence(
                zh=f"名录里没有“{row.school}”，或它不由你负责。",
                en=f"The register has no “{row.school}”, or you do not answer for it.",
            )
        elif _known(tx, row, school):
            brought.known += 1
        else:
            waits = _bring(tx, row, school, reader=reader, published=published)
            brought.new += 1
            if odd := row.warning or waits:
                brought.warnings[number] = odd
    if keeps is not None:
        brought.facilities = bring_facilities(tx, rows, asker=keeps)
    return brought


@dataclass(frozen=True, slots=True)
class Changed:
    """What came of a change of many: those that are changed, and by title why others are not."""

    done: int
    left: Mapping[str, Sentence]


def change_items(tx: Transaction, *, items: Iterable[UUID], what: str, value: str, reader: Reader) -> Changed:
    """Do one thing to many items; those with which it cannot be done are left as they are, and said.

    what: `audience`, `licence`, `subject`, `stage`, `keywords` (one more), `submit`, `publish`, `retire` (value: why).
    """
    done, left = 0, dict[str, Sentence]()
    for item_id in dict.fromkeys(items):
        try:
            # Every refusal comes before anything is changed, so that the others stand.
            CHANGES[what](tx, item_id, value, reader)
            done += 1
        except TongxingError as error:
            item = tx.db.get(Item, item_id)
            left[item.title if item is not None else str(item_id)] = error.sentence
    return Changed(done, left)


def _bring(tx: Transaction, row: Row, school: School, *, reader: Reader, published: bool) -> Sentence | None:
    """Why it stays a draft that was to be published, if it does."""
    item, _ = making.draft_item(
        tx,
        id_=named("item", f"{school.code}/{row.kind}/{same(row.content.title)}"),
        kind=row.kind,
        content=row.content,
        school_id=school.id,
        region_code=school.region_code,
        audiences=_audiences(tx, row, school),
    )
    if not published:
        return None
    try:
        publishing.publish(tx, item_id=item.id, reader=reader)
    except Forbidden as error:
        return error.sentence
    return None


def _known(tx: Transaction, row: Row, school: School) -> bool:
    titles = tx.db.scalars(sa.select(Item.title).where(Item.school_id == school.id, Item.kind == row.kind))
    return same(row.content.title) in {same(title) for title in titles}


def _audiences(tx: Transaction, row: Row, school: School) -> list[str]:
    if row.scope != "groups":
        return audiences_of(tx.db, row.scope, school_id=school.id, region_code=school.region_code)
    belongs = roster_group_schools.c
    groups = tx.db.scalars(
        sa.select(belongs.group_id)
        .join(roster_groups, roster_groups.c.group_id == belongs.group_id)
        .where(belongs.school_id == school.id, sa.not_(roster_groups.c.retired))
    )
    return [f"group:{id_}" for id_ in groups] or [f"school:{school.id}"]


def _open(tx: Transaction, item_id: UUID, value: str, reader: Reader) -> None:
    item = making.theirs(tx, item_id, reader)
    chosen = audiences_of(tx.db, value, school_id=item.school_id, region_code=item.region_code)
    making.open_to(tx, item_id=item_id, audiences=chosen, reader=reader)


def _saying(change: Callable[[Content, str], Content]) -> Callable[[Transaction, UUID, str, Reader], None]:
    def work(tx: Transaction, item_id: UUID, value: str, reader: Reader) -> None:
        draft = making.draft_of(tx, making.theirs(tx, item_id, reader))
        making.revise_draft(tx, item_id=item_id, content=change(draft.content, value), reader=reader)

    return work


def _submit(tx: Transaction, item_id: UUID, _value: str, reader: Reader) -> None:
    making.submit(tx, item_id=item_id, reader=reader)


def _publish(tx: Transaction, item_id: UUID, _value: str, reader: Reader) -> None:
    publishing.publish(tx, item_id=item_id, reader=reader)


def _retire(tx: Transaction, item_id: UUID, value: str, reader: Reader) -> None:
    publishing.retire(tx, item_id=item_id, reason=value, reader=reader)


#: What can be done with many at once.
CHANGES: Mapping[str, Callable[[Transaction, UUID, str, Reader], None]] = {
    "audience": _open,
    "licence": _saying(lambda content, value: replace(content, licence=value)),
    "subject": _saying(lambda content, value: replace(content, subject=value)),
    "stage": _saying(lambda content, value: replace(content, stage=value)),
    "keywords": _saying(
        lambda content, value: replace(
            content, keywords=tuple(dict.fromkeys([*content.keywords, *value.split()]))
        )
    ),
    "submit": _submit,
    "publish": _publish,
    "retire": _retire,
}
