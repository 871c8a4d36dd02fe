"""The shape of groups in forms and in JSON."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load

from services.scheduling.breakouts.model import Breakout
from shared.text import Sentence
from shared.web.spoken import Id, Ids, Line, Many, Spoken, Strict, Whole, must

_HOW = Sentence(zh="请选择怎样分组。", en="Choose how to make the groups.")


class _How(Spoken, fields.String):
    """Mixed or together."""


class DealSchema(Schema):
    """How many groups, and how people are dealt into them. seen: the version that was looked at; 0 where there was none."""

    class Meta:
        """A form may carry fields of its own beside."""

        unknown = EXCLUDE

    number = Whole(required=True)
    how = _How(load_default="mixed", validate=must(lambda how: how in {"mixed", "together"}, _HOW))
    seen = Whole(load_default=None, allow_none=True)


class BreakoutSchema(Strict):
    """One group. members: ids of the rows of the list of people."""

    name = Line(required=True)
    place = Line(load_default="")
    led_by = Line(load_default="")
    person_id = Id(load_default=None, allow_none=True)
    members = Ids(Id(), load_default=list)

    @post_load
    def made(self, data: dict[str, Any], **_: object) -> Breakout:
        """As the model has it."""
        return Breakout(**{**data, "members": tuple(data["members"])})


class ArrangeSchema(Strict):
    """All groups of a session, in place of those before."""

    groups = Many(fields.Nested(BreakoutSchema), required=True)
    seen = Whole(load_default=None, allow_none=True)


class DivisionSchema(Schema):
    """The groups of a session. version: 0 where it has none."""

    version = fields.Integer()
    groups = fields.List(fields.Nested(BreakoutSchema))
