"""The shape of a day of the calendar as a form sends it."""

from marshmallow import EXCLUDE, fields

from shared.web.spoken import Line, Spoken, Strict


class Day(Spoken, fields.Date):
    """A day, as YYYY-MM-DD."""


class DayForm(Strict):
    """A day, what it is and whose calendar it is in."""

    class Meta:
        """A form may carry fields of its own beside."""

        unknown = EXCLUDE

    day = Day(required=True)
    kind = Line(load_default="")
    name = Line(load_default="")
    region = Line(load_default="")
