"""Writing use down, and making figures of it."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa

from services.resources.use.model import DOUBLE_CLICK, Click, Count, Kind, Lesson
from services.resources.use.policies import NO_SCHOOL, Clicked, counted, day_of, is_robot, reader_of, span_of
from shared.db import Database, Transaction
from shared.errors import Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence

#: Clicks that one round of counting takes.
_ROUND = 5_000

T = TypeVar("T")


def note(
    tx: Transaction,
    *,
    item_id: UUID,
    kind: Kind,
    who: str,
    agent: str,
    school_id: UUID | None,
    thing_id: UUID | None = None,
) -> bool:
    """Write down that somebody used an item; answers whether it was somebody, and no robot.

    who: the account, or the device of who has none. agent: what the browser calls itself. Every click is written; which of them
    count is for `counted`.
    """
    if is_robot(agent):
        return False
    tx.db.add(
        Click(
            id=uuid7(),
            item_id=item_id,
            thing_id=thing_id or item_id,
            kind=kind,
            reader=reader_of(who),
            school_id=school_id,
            at=tx.now,
            counted_at=None,
        )
    )
    return True


def record_lesson(
    tx: Transaction,
    *,
    item_id: UUID,
    school_id: UUID | None,
    day: date,
    grade: str,
    pupils: int,
    remark: str,
) -> Lesson:
    """Write down a lesson that was taught with an item. Raises Invalid for a day to come, Refusal for the same lesson twice."""
    if day > day_of(tx.now):
        raise Invalid(
            Sentence(zh="上课日期不能晚于今天。", en="The lesson cannot be later than today."), field="day"
        )
    same = sa.select(Lesson.id).where(
        Lesson.item_id == item_id, Lesson.by == tx.actor, Lesson.day == day, Lesson.grade == grade
    )
    if tx.db.scalar(same) is not None:
        raise Refusal(
            Sentence(zh="这节课你已经记过了。", en="You have written this lesson down already."), field="day"
        )
    lesson = Lesson(
        id=uuid7(),
        item_id=item_id,
        school_id=school_id,
        by=tx.actor,
        day=day,
        grade=grade,
        pupils=pupils,
        remark=remark,
        recorded_at=tx.now,
    )
    tx.db.add(lesson)
    tx.db.flush()  # the figures of the day are made of the rows that there are
    _count_day(tx, item_id, day)
    return lesson


def count(tx: Transaction) -> int:
    """Make the figures of all days that have clicks which are not in them yet; answers how many clicks those were."""
    waiting = tx.db.execute(
        sa.select(Click.id, Click.item_id, Click.at)
        .where(Click.counted_at.is_(None))
        .order_by(Click.at)
        .limit(_ROUND)
    ).all()
    for item_id, day in sorted({(row.item_id, day_of(row.at)) for row in waiting}):
        _count_day(tx, item_id, day)
    for some in _in_lots([row.id for row in waiting]):
        tx.db.execute(sa.update(Click).where(Click.id.in_(some)).values(counted_at=tx.now))
    return len(waiting)


def rebuild(database: Database, *, actor: str) -> tuple[int, int]:
    """Make all figures anew of the clicks and lessons there are, an item at a time, so that pages go on meanwhile.

    Answers how many items were gone through, and for how many of them the figures came out otherwise than they were.
    """
    with database.reading() as db:
        items = sorted(
            set(db.scalars(sa.select(Click.item_id).distinct()))
            | set(db.scalars(sa.select(Lesson.item_id).distinct()))
            | set(db.scalars(sa.select(Count.item_id).distinct()))
        )
    changed = sum(database.run(lambda tx, each=each: _recount(tx, each), actor=actor) for each in items)  # type: ignore[misc]
    return len(items), changed


def _recount(tx: Transaction, item_id: UUID) -> bool:
    before = _figures(tx, item_id)
    days = {day_of(at) for at in tx.db.scalars(sa.select(Click.at).where(Click.item_id == item_id))}
    days |= set(tx.db.scalars(sa.select(Lesson.day).where(Lesson.item_id == item_id)))
    tx.db.execute(sa.delete(Count).where(Count.item_id == item_id))
    for day in sorted(days):
        _count_day(tx, item_id, day)
    tx.db.execute(
        sa.update(Click).where(Click.item_id == item_id, Click.counted_at.is_(None)).values(counted_at=tx.now)
    )
    return before != _figures(tx, item_id)


def _figures(tx: Transaction, item_id: UUID) -> set[tuple[object, ...]]:
    rows = tx.db.execute(
        sa.select(Count.day, Count.school_id, Count.kind, Count.number).where(Count.item_id == item_id)
    )
    return {tuple(row) for row in rows}


def _count_day(tx: Transaction, item_id: UUID, day: date) -> None:
    """Make the figures of one item on one day anew, of the rows there are: done twice it comes out the same."""
    start, end = span_of(day)
    clicks = tx.db.execute(
        sa.select(Click.at, Click.reader, Click.kind, Click.thing_id, Click.school_id)
        .where(Click.item_id == item_id, Click.at >= start - DOUBLE_CLICK, Click.at < end)
        .order_by(Click.at, Click.id)
    )
    found = counted((Clicked(*row) for row in clicks), since=start)
    lessons = sa.select(Lesson.school_id, sa.func.count()).where(Lesson.item_id == item_id, Lesson.day == day)
    for school_id, number in tx.db.execute(lessons.group_by(Lesson.school_id)):
        found[school_id or NO_SCHOOL, "taught"] = number
    tx.db.execute(sa.delete(Count).where(Count.item_id == item_id, Count.day == day))
    rows = [
        {"item_id": item_id, "day": day, "school_id": school_id, "kind": kind, "number": number}
        for (school_id, kind), number in found.items()
    ]
    if rows:
        tx.db.execute(sa.insert(Count), rows)


def _in_lots(many: list[T], size: int = 500) -> Iterable[list[T]]:
    for at in range(0, len(many), size):
        yield many[at : at + size]
