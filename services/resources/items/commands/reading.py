"""Readers look at an item: that is counted, once it is published."""

from datetime import date

from services.resources.items.model.item import Item
from services.resources.items.queries.seeing import Reader
from services.resources.use.commands import note, record_lesson
from services.resources.use.model import Lesson
from shared.db import Transaction


def looked_at(tx: Transaction, *, item: Item, who: str, agent: str, reader: Reader) -> None:
    """Somebody opened the page of an item."""
    if item.current_id is not None:
        note(tx, item_id=item.id, kind="view", who=who, agent=agent, school_id=reader.school)


def taught_with(
    tx: Transaction, *, item: Item, day: date, grade: str, pupils: int, remark: str, reader: Reader
) -> Lesson:
    """Somebody taught with an item. Raises Invalid, Refusal."""
    return record_lesson(
        tx, item_id=item.id, school_id=reader.school, day=day, grade=grade, pupils=pupils, remark=remark
    )
