"""What may be done with schools."""

from uuid import UUID

from services.directory.schools.model import School
from shared.contracts.directory import SchoolChanged
from shared.db import Transaction


def enter_school(
    tx: Transaction,
    *,
    id_: UUID,
    code: str,
    name: str,
    name_en: str,
    stage: str,
    region_code: str,
    region_name: str,
) -> School:
    """Take a school into the register and tell everybody."""
    school = School.enter(
        id_=id_,
        code=code,
        name=name,
        name_en=name_en,
        stage=stage,
        region_code=region_code,
        region_name=region_name,
    )
    tx.db.add(school)
    tx.emit(school.state())
    return school


def adopt_school(tx: Transaction, event: SchoolChanged) -> None:
    """Take a published state into a register that was restored to an earlier copy; older ones change nothing."""
    school = tx.db.get(School, event.school_id)
    if school is None:
        school = School(id=event.school_id, version=0)
        tx.db.add(school)
    if school.version < event.version:
        school.version = event.version
        school.code, school.name, school.name_en = event.code, event.name, event.name_en
        school.stage = event.stage
        school.region_code, school.region_name = event.region_code, event.region_name
