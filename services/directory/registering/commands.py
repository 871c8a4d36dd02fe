"""Entering and correcting people and schools by hand."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.directory.people.model import Person
from services.directory.people.queries import person_within
from services.directory.regions.model import Region
from services.directory.regions.queries import regions_within
from services.directory.schools.commands import enter_school as take_in
from services.directory.schools.model import School
from services.directory.schools.queries import school_within
from shared.db import Aggregate, Transaction
from shared.errors import Invalid, Refusal, Stale
from shared.text import Sentence


def enter_person(
    tx: Transaction,
    *,
    id_: UUID,
    school_id: UUID,
    details: Mapping[str, Any],
    scopes: Iterable[str],
    another: bool = False,
) -> Person:
    """Somebody works at a school of the scopes whom the register does not have. Raises NotFound and Refusal.

    another: they are not the one of the same name who is there. Names that occur twice are never guessed.
    """
    school_within(tx.db, school_id, scopes)
    same = sa.select(Person.id).where(
        Person.name == details["name"], Person.school_id == school_id, Person.left_at.is_(None)
    )
    if not another and tx.db.scalar(same.limit(1)):
        raise Refusal(
            Sentence(
                zh=f"这所学校已经有一位{details['name']}。确实是另一个人时，请勾选“是另一个人”。",
                en=f"There is a {details['name']} at this school already. If this is somebody else, say so below.",
            ),
            field="name",
        )
    person = Person.enter(id_=id_, school_id=school_id, **details)
    tx.db.add(person)
    tx.emit(person.state())
    return person


def correct_person(
    tx: Transaction, *, person_id: UUID, details: Mapping[str, str], seen: int, scopes: Iterable[str]
) -> Person:
    """What is known of somebody is this. seen: the version that was corrected. Raises NotFound, Refusal and Stale."""
    person_within(tx.db, person_id, scopes)
    person = tx.load(Person, person_id)
    _not_overtaken(person, seen)
    tx.emit(person.correct(details))
    return person


def enter_school(
    tx: Transaction,
    *,
    id_: UUID,
    code: str,
    region_code: str,
    details: Mapping[str, Any],
    scopes: Iterable[str],
) -> School:
    """A school of a region in the scopes that the register does not have. Raises Invalid and Refusal."""
    if region_code not in {region.code for region in regions_within(tx.db, scopes)}:
        raise Invalid(
            Sentence(zh="请选择你范围内的区域。", en="Choose a region of your own scope."), field="region"
        )
    if there := tx.db.scalar(sa.select(School.name).where(School.code == code)):
        raise Refusal(
            Sentence(zh=f"{there}已经用了这个标识码。", en=f"{there} has this code already."), field="code"
        )
    region_name = tx.db.scalars(sa.select(Region.name).where(Region.code == region_code)).one()
    return take_in(
        tx, School.enter(id_=id_, code=code, region_code=region_code, region_name=region_name, **details)
    )


def correct_school(
    tx: Transaction, *, school_id: UUID, details: Mapping[str, Any], seen: int, scopes: Iterable[str]
) -> School:
    """What is known of a school is this. seen: the version that was corrected. Raises NotFound and Stale."""
    school_within(tx.db, school_id, scopes)
    school = tx.load(School, school_id)
    _not_overtaken(school, seen)
    tx.emit(school.correct(details))
    return school


def _not_overtaken(found: Aggregate, seen: int) -> None:
    if seen != found.version:
        raise Stale(
            Sentence(
                zh="你打开页面之后，这条记录已有变动。你填写的内容还在，请核对现在的记录，再保存一次。",
                en="This record has changed since you opened the page. What you typed is kept: look at the record as it is now, then save again.",
            ),
            seen=seen,
            now=found.version,
        )
