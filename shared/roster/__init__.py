"""Each service's own copy of the directory: which schools there are and where they lie."""

from shared.roster.schools import School, keep_school, schools_in

__all__ = ["School", "keep_school", "schools_in"]
