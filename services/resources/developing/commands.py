"""Asking schools to take part, saying that something is done, and talking about a draft."""

from uuid import UUID

import sqlalchemy as sa

from services.resources.developing.model import ROLES, Part, Remark
from services.resources.items.commands.making import theirs
from services.resources.items.model.item import Item, ItemSchool, Version
from services.resources.items.queries.seeing import Reader
from services.resources.searching.commands import describe
from shared.auth import covers
from shared.db import Transaction
from shared.errors import Invalid, NotFound, Refusal
from shared.ids import uuid7
from shared.roster import roster_schools
from shared.text import Sentence


def ask_school(tx: Transaction, *, item_id: UUID, school: str, role: str, task: str, reader: Reader) -> Part:
    """Let a school, by its name or code, make the item with the others; asked again it has another part.

    Raises NotFound, Invalid, Refusal.
    """
    item = theirs(tx, item_id, reader)
    if role not in ROLES:
        raise Invalid(Sentence(zh="请选择分工。", en="Choose what it does."), field="role")
    table = roster_schools.c
    school_id = tx.db.scalar(
        sa.select(table.school_id).where(
            sa.or_(table.code == school, table.name == school), sa.not_(table.retired)
        )
    )
    if school_id is None:
        raise Invalid(
            Sentence(zh=f"名录里没有“{school}”。", en=f"The register knows no “{school}”."), field="school"
        )
    if item.state == "retired":
        raise Refusal(Sentence(zh="已下架的资源不能再建设。", en="It is retired; nobody works on it."))
    if tx.db.get(ItemSchool, (item_id, school_id)) is None:
        tx.db.add(ItemSchool(item_id=item_id, school_id=school_id))
        tx.record(what="item.school_asked", subject_kind="item", subject=item_id, school_id=school_id)
    part = tx.db.get(Part, (item_id, school_id))
    if part is None:
        part = Part(item_id=item_id, school_id=school_id, done=False)
        tx.db.add(part)
    else:
        _end(tx, part, item)
    part.role, part.task, part.done, part.over_at = role, task, False, None
    part.asked_by, part.asked_at = tx.actor, tx.now
    tx.emit(part.waiting(title=item.title))
    describe(tx, item.id)
    return part


def release_school(tx: Transaction, *, item_id: UUID, school_id: UUID, reader: Reader) -> None:
    """A school makes it no more; the one that owns it stays. Raises NotFound, Refusal."""
    item = theirs(tx, item_id, reader)
    if item.school_id == school_id:
        raise Refusal(Sentence(zh="提供学校不能退出。", en="The school whose it is stays."))
    part = tx.db.get(Part, (item_id, school_id))
    if part is not None:
        _end(tx, part, item)
        tx.db.delete(part)
    tx.db.execute(
        sa.delete(ItemSchool).where(ItemSchool.item_id == item_id, ItemSchool.school_id == school_id)
    )
    tx.record(what="item.school_released", subject_kind="item", subject=item_id, school_id=school_id)
    describe(tx, item.id)


def say_done(tx: Transaction, *, item_id: UUID, school_id: UUID, reader: Reader) -> Part:
    """A school has done its part: says somebody of it, or who coordinates. Raises NotFound."""
    item = theirs(tx, item_id, reader)
    part = tx.db.get(Part, (item_id, school_id))
    if part is None or (school_id not in reader.makes and not _coordinates(reader, item)):
        raise NotFound(Sentence(zh="没有这项分工。", en="There is no such part."))
    part.done = True
    _end(tx, part, item)
    return part


def stop_waiting(tx: Transaction, item: Item) -> None:
    """The item is made no more: nothing of it waits for schools."""
    for part in tx.db.scalars(sa.select(Part).where(Part.item_id == item.id).order_by(Part.school_id)):
        _end(tx, part, item)


def remark(tx: Transaction, *, item_id: UUID, text: str, reader: Reader) -> Remark:
    """Say something about the newest version. Raises NotFound, Invalid."""
    item = theirs(tx, item_id, reader)
    if not text:
        raise Invalid(Sentence(zh="请写下意见。", en="Write something."), field="text")
    index = tx.db.scalar(sa.select(sa.func.max(Version.index)).where(Version.item_id == item_id))
    said = Remark(
        id=uuid7(),
        item_id=item.id,
        version_index=index or 1,
        by=tx.actor,
        school_id=min(reader.makes, default=None),
        text=text,
        at=tx.now,
    )
    tx.db.add(said)
    return said


def _end(tx: Transaction, part: Part, item: Item) -> None:
    if part.over_at is None:
        part.over_at = tx.now
        tx.emit(part.waiting(title=item.title))


def _coordinates(reader: Reader, item: Item) -> bool:
    return any(covers(scope, region=item.region_code) for scope in reader.edits)
