"""The shape of a rule of hours as a form sends it."""

from typing import Any

from marshmallow import EXCLUDE, fields, post_load

from services.scheduling.hours.model import Rule
from shared.web.spoken import Line, Spoken, Strict, Whole


class Day(Spoken, fields.Date):
    """A day, as YYYY-MM-DD."""


class RuleForm(Strict):
    """A rule and from when on; whose it is where somebody hosts for several regions."""

    class Meta:
        """A form may carry fields of its own beside."""

        unknown = EXCLUDE

    minutes_per_hour = Whole(required=True)
    half_day = Whole(required=True)
    full_day = Whole(required=True)
    daily_cap = Whole(required=True)
    five_years = Whole(required=True)
    share = Whole(load_default=80)
    since = Day(required=True)
    region_code = Line(load_default="")

    @post_load
    def rule(self, data: dict[str, Any], **_options: object) -> Rule:
        """The rule; whether it can be is for `Rule` to say."""
        return Rule(**data)
