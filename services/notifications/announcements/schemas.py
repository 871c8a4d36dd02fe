"""The shape of an announcement as a form sends it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from services.notifications.announcements.model import Text
from shared.web.spoken import SENTENCES, Line, Many, Spoken, Strict, Whole
from shared.web.spoken import Text as Lines

#: The clock that people here plan by.
ZONE = ZoneInfo("Asia/Shanghai")


class Local(Spoken, fields.String):
    """A moment as a browser writes it, 2025-06-08T18:00, on the clock of people here; empty is none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401  marshmallow's signature
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text:
            return None
        try:
            return datetime.fromisoformat(text).replace(tzinfo=ZONE)
        except ValueError as error:
            raise ValidationError([SENTENCES["invalid"]]) from error


class Form(Strict):
    """A form may carry fields of its own beside."""

    class Meta:
        """marshmallow's place for options."""

        unknown = EXCLUDE


class TextForm(Form):
    """What it says and to whom; whether that can be is for `Text` to say."""

    title = Line(load_default="")
    body = Lines(load_default="")
    scopes = Many(Line(), load_default=list)
    asks = fields.Boolean(load_default=False)
    confirm_by = Local(load_default=None)

    @post_load
    def text(self, data: dict[str, Any], **_options: object) -> Text:
        """The text."""
        return Text(**{**data, "scopes": tuple(data["scopes"])})


class SeenForm(Form):
    """The version that who edits had before their eyes."""

    seen = Whole(required=True)


class RuleForm(Form):
    """Until how many days before them sessions ask to be confirmed; 0: not at all."""

    days = Whole(required=True)


class SendForm(Form):
    """When it goes out; empty is now."""

    send_at = Local(load_default=None)


class ListedSchema(Schema):
    """An announcement as JSON. told, confirmed: schools."""

    id = fields.UUID()
    title = fields.String()
    state = fields.String()
    asks = fields.Boolean()
    confirm_by = fields.AwareDateTime(allow_none=True)
    at = fields.AwareDateTime()
    told = fields.Integer()
    confirmed = fields.Integer()


class WaySchema(Schema):
    """A channel of a school, and what became of the last that went there: a delivery of the log."""

    delivery_id = fields.UUID()
    kind = fields.String()
    state = fields.String()
    reason = fields.String()


class BoardSchema(Schema):
    """A school on the board. state: `confirmed`, `read`, `failed` or `unopened`."""

    school_id = fields.UUID()
    name = fields.String()
    region_code = fields.String()
    state = fields.String()
    read_at = fields.AwareDateTime(allow_none=True)
    confirmed_at = fields.AwareDateTime(allow_none=True)
    confirmed_name = fields.String()
    escalated = fields.Boolean()
    ways = fields.List(fields.Nested(WaySchema))
    contact = fields.String()


class DraftSchema(Schema):
    """A draft: for which region, what it says, and to whom: `region:CODE`, `group:ID`, `school:ID`."""

    host_region = fields.String(required=True, validate=validate.Regexp(r"\d{6}\Z"))
    title = fields.String(required=True)
    body = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    asks = fields.Boolean(load_default=False)
    confirm_by = fields.AwareDateTime(load_default=None, allow_none=True)


class DraftedSchema(Schema):
    """The draft's id."""

    id = fields.UUID()


class SendSchema(Schema):
    """When it goes out; none is now."""

    send_at = fields.AwareDateTime(load_default=None, allow_none=True)


class WithdrawSchema(Schema):
    """Why; the schools will read it."""

    reason = fields.String(required=True)


class ConfirmSchema(Schema):
    """Who confirms it for the school."""

    name = fields.String(required=True)
