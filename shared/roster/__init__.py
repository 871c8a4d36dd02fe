"""Each service's own copy of the directory: which schools there are, where they lie, who works there."""

from shared.roster.keeping import PLACES, ROSTER, keep_school, take_person
from shared.roster.schools import School, schools_in
from shared.roster.scopes import lies_in, name_of
from shared.roster.tables import roster_people, roster_schools

__all__ = [
    "PLACES",
    "ROSTER",
    "School",
    "keep_school",
    "lies_in",
    "name_of",
    "roster_people",
    "roster_schools",
    "schools_in",
    "take_person",
]
