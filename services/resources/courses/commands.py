"""Taking items into a course, out of it, and forward in it."""

from uuid import UUID

import sqlalchemy as sa

from services.resources.courses.model import CoursePart
from services.resources.courses.queries import places_of
from services.resources.items.commands.making import theirs
from services.resources.items.model.item import Item
from services.resources.items.queries.seeing import Reader, item_for
from shared.db import Transaction
from shared.errors import Invalid, NotFound, Refusal
from shared.text import Sentence


def add_part(tx: Transaction, *, course_id: UUID, item_id: UUID, reader: Reader) -> None:
    """Put an item at the end of a course; the course is locked, so that two do not take one place.

    Raises NotFound, Invalid, Refusal.
    """
    course = _course(tx, course_id, reader)
    item = item_for(tx.db, item_id, reader)
    places = places_of(tx.db, course_id)
    if item.id == course.id or item.kind == "course":
        raise Invalid(
            Sentence(
                zh="课程里放课时资源，不放别的课程。", en="A course is made of items that are no courses."
            ),
            field="item_id",
        )
    if item.id in places:
        raise Invalid(Sentence(zh="已经在这门课程里。", en="It is in this course already."), field="item_id")
    tx.db.add(CoursePart(parent_id=course_id, index=len(places) + 1, item_id=item_id))


def drop_part(tx: Transaction, *, course_id: UUID, item_id: UUID, reader: Reader) -> None:
    """Take an item out of a course; those behind it move up. Raises NotFound, Refusal."""
    _course(tx, course_id, reader)
    places = places_of(tx.db, course_id)
    _insist(item_id, places)
    _write(tx, course_id, [each for each in places if each != item_id])


def move_up(tx: Transaction, *, course_id: UUID, item_id: UUID, reader: Reader) -> None:
    """Let a part come one place earlier; the first stays. Raises NotFound, Refusal."""
    _course(tx, course_id, reader)
    places = places_of(tx.db, course_id)
    _insist(item_id, places)
    at = places.index(item_id)
    if at:
        places[at - 1], places[at] = places[at], places[at - 1]
        _write(tx, course_id, places)


def _course(tx: Transaction, course_id: UUID, reader: Reader) -> Item:
    course = theirs(tx, course_id, reader)
    if course.kind != "course" or course.state == "retired":
        raise Refusal(Sentence(zh="只有课程才有组成部分。", en="Only a course has parts."))
    return course


def _insist(item_id: UUID, places: list[UUID]) -> None:
    if item_id not in places:
        raise NotFound(Sentence(zh="它不在这门课程里。", en="It is not in this course."))


def _write(tx: Transaction, course_id: UUID, places: list[UUID]) -> None:
    tx.db.execute(sa.delete(CoursePart).where(CoursePart.parent_id == course_id))
    if places:
        rows = [
            {"parent_id": course_id, "index": index, "item_id": each}
            for index, each in enumerate(places, start=1)
        ]
        tx.db.execute(sa.insert(CoursePart), rows)
