"""The shape of what is asked of rooms."""

from shared.web.spoken import Id, Strict, Whole


class AskingSchema(Strict):
    """Which facility, for which of the session's times (from 0), and for how many."""

    facility_id = Id(required=True)
    occurrence = Whole(load_default=0)
    people = Whole(load_default=0)


class ChoosingSchema(Strict):
    """Which facility instead."""

    facility_id = Id(required=True)
