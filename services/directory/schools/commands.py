"""What may be done with schools."""

from services.directory.schools.model import School
from shared.db import Transaction


def enter_school(tx: Transaction, school: School) -> School:
    """Take a school into the register and tell everybody."""
    tx.db.add(school)
    tx.emit(school.state())
    return school
