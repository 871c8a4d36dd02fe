"""The shape of preferences, in forms and as JSON."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from services.notifications.channels.model import KINDS
from services.notifications.preferences.model import MODES

_CLOCK = validate.Regexp(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class QuietForm(Schema):
    """When somebody is not to be disturbed, by the clock of the place."""

    class Meta:
        """A form has buttons, too."""

        unknown = EXCLUDE

    starts = fields.String(load_default="00:00", validate=_CLOCK)
    ends = fields.String(load_default="00:00", validate=_CLOCK)
    digest_at = fields.String(load_default="17:00", validate=_CLOCK)
    days_off = fields.Boolean(load_default=False)


class ChoiceSchema(Schema):
    """What was chosen for one class by one kind of channel; no mode: what the layers above say."""

    class_name = fields.String(data_key="class", required=True, validate=validate.Length(max=40))
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    mode = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(MODES))


class PreferencesSchema(Schema):
    """All of it, of one owner."""

    owner = fields.String(load_default="", validate=validate.Length(max=60))
    choices = fields.List(fields.Nested(ChoiceSchema), load_default=list, validate=validate.Length(max=200))
    quiet = fields.Nested(QuietForm, load_default=None, allow_none=True)


class OwnerSchema(Schema):
    """Whose preferences are asked for."""

    owner = fields.String(load_default="", validate=validate.Length(max=60))


class DayForm(Schema):
    """A day that is not what its weekday says."""

    class Meta:
        """A form has buttons, too."""

        unknown = EXCLUDE

    day = fields.Date(required=True)
    works = fields.Boolean(load_default=False)
    name = fields.String(load_default="", validate=validate.Length(max=40))


def clock(minute: int) -> str:
    """A minute of the day as people write it."""
    return f"{minute // 60:02}:{minute % 60:02}"


def minutes(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a `QuietForm` says, with times as minutes of the day."""
    clocks = {
        name: int(said[name][:2]) * 60 + int(said[name][3:]) for name in ("starts", "ends", "digest_at")
    }
    return {**clocks, "days_off": said["days_off"]}
