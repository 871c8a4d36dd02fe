"""Drafting and revising: what the schools do that make an item."""

from uuid import UUID

import sqlalchemy as sa

from services.resources.files.commands.attaching import carry_over
from services.resources.harvesting.commands import tell_harvesters
from services.resources.items.model.item import Content, Item, ItemAudience, ItemSchool, Version
from services.resources.items.queries.seeing import Reader, may_edit, no_such_item
from services.resources.reviewing.commands import ask_for_review
from services.resources.reviewing.queries import may_decide
from services.resources.searching.commands import describe
from shared.contracts.resources import ItemChanged
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Stale
from shared.ids import uuid7
from shared.text import Sentence


def draft_item(
    tx: Transaction,
    *,
    kind: str,
    content: Content,
    school_id: UUID | None,
    region_code: str,
    audiences: list[str],
    id_: UUID | None = None,
    session_id: UUID | None = None,
) -> tuple[Item, Version]:
    """A new item with its first version, a draft; whoever calls has seen to it that the school is theirs. Raises Invalid."""
    item_id, version_id = id_ or uuid7(), uuid7()
    version = Version.first(id_=version_id, item_id=item_id, index=1, content=content, by=tx.actor, at=tx.now)
    item = Item(
        id=item_id,
        version=1,
        kind=kind,
        state="draft",
        school_id=school_id,
        region_code=region_code,
        current_id=None,
        draft_id=version_id,
        indexes=1,
        title=content.title,
        audiences=sorted(set(audiences)),
        session_id=session_id,
        made_by=tx.actor,
        made_at=tx.now,
        published_at=None,
        reason="",
    )
    tx.db.add(item)
    tx.db.flush()  # what follows refers to it
    tx.db.add(version)
    if school_id is not None:
        tx.db.add(ItemSchool(item_id=item_id, school_id=school_id))
    _say_for_whom(tx, item)
    tx.emit(item.as_it_is())
    describe(tx, item.id)
    return item, version


def revise_draft(
    tx: Transaction, *, item_id: UUID, content: Content, reader: Reader, seen: int | None = None
) -> Item:
    """Say something else in the draft. Raises NotFound, Invalid, Refusal, Stale."""
    item = theirs(tx, item_id, reader, seen=seen)
    version = draft_of(tx, item)
    version.say(content)
    if item.current_id is None:
        item.title = content.title
    item.advance()
    tx.emit(item.as_it_is())
    describe(tx, item.id)
    return item


def open_to(tx: Transaction, *, item_id: UUID, audiences: list[str], reader: Reader) -> Item:
    """Let these see the item. Raises NotFound, Invalid."""
    item = theirs(tx, item_id, reader)
    if not audiences:
        raise Invalid(Sentence(zh="请选择向谁开放。", en="Choose whom it is open to."), field="audience")
    tx.emit(item.open_to(audiences))
    tell_harvesters(tx, item)
    _say_for_whom(tx, item)
    describe(tx, item.id)
    return item


def begin_version(tx: Transaction, *, item_id: UUID, reader: Reader) -> Version:
    """Begin the next version as a copy of the published one, its files included. Raises NotFound, Refusal."""
    item = theirs(tx, item_id, reader)
    before, version_id = item.current_id, uuid7()
    index = item.begin_version(version_id)
    tx.emit(item.as_it_is())
    assert before is not None  # noqa: S101  `begin_version` insists that it was published
    published = tx.db.get_one(Version, before)
    version = Version.first(
        id_=version_id, item_id=item.id, index=index, content=published.content, by=tx.actor, at=tx.now
    )
    tx.db.add(version)
    carry_over(tx, from_version=before, to_version=version_id)
    return version


def submit(tx: Transaction, *, item_id: UUID, reader: Reader) -> Item:
    """Ask for publication. Raises NotFound, Refusal."""
    item = theirs(tx, item_id, reader)
    tx.emit(item.submit())
    ask_for_review(tx, item)
    describe(tx, item.id)
    return item


def theirs(tx: Transaction, item_id: UUID, reader: Reader, *, seen: int | None = None) -> Item:
    """An item that the reader may work on, locked. Raises NotFound, Stale."""
    item = tx.load(Item, item_id)
    makers = tx.db.scalars(sa.select(ItemSchool.school_id).where(ItemSchool.item_id == item_id)).all()
    if not may_edit(reader, item, makers):
        raise no_such_item()
    if seen is not None and seen != item.version:
        raise Stale(
            Sentence(
                zh="你打开页面之后，这个资源已有变动，请核对后再改。",
                en="This item has changed since you opened the page; look at it again.",
            ),
            seen=seen,
            now=item.version,
        )
    return item


def decided(tx: Transaction, item_id: UUID, reader: Reader, *, seen: int | None = None) -> Item:
    """An item on whose publication the reader decides, locked. Raises NotFound, Forbidden, Stale."""
    item = theirs(tx, item_id, reader, seen=seen)
    if not may_decide(tx.db, reader, item):
        raise Forbidden(
            Sentence(
                zh="按所属区域的规定，这件资源由别人审核发布，请提交审核。",
                en="By its region’s rule others decide on that. Submit it for review.",
            )
        )
    return item


def draft_of(tx: Transaction, item: Item) -> Version:
    """The version that is worked on. Raises Refusal where there is none."""
    if (why := item.why_not("revise")) is not None or item.draft_id is None:
        raise Forbidden(why or Sentence(zh="没有草稿。", en="There is no draft."))
    return tx.db.get_one(Version, item.draft_id)


def adopt_item(tx: Transaction, event: ItemChanged) -> None:
    """After a restore: what was published is newer; the item counts on from there."""
    item = tx.db.get(Item, event.item_id)
    if item is not None:
        item.version = max(item.version, event.version)
        item.title, item.state = event.title, event.state


def _say_for_whom(tx: Transaction, item: Item) -> None:
    tx.db.execute(sa.delete(ItemAudience).where(ItemAudience.item_id == item.id))
    for audience in item.audiences:
        tx.db.add(ItemAudience(item_id=item.id, audience=audience))
