"""The shape of an announcement as a form sends it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import EXCLUDE, ValidationError, fields, post_load

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
