"""The shape of what is asked of rooms."""

from shared.web.spoken import Id, Strict, Whole


class AskingSchema(Strict):
    """Which facility, for which of the session's times (from 0), for how many, and for which of its schools, if for one."""

    facility_id = Id(required=True)
    occurrence = Whole(load_default=0)
    people = Whole(load_default=0)
    school_id = Id(load_default=None, allow_none=True)


class ChoosingSchema(Strict):
    """Which facility instead."""

    facility_id = Id(required=True)
