"""The shape of channels, in forms and as JSON."""

from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from services.notifications.channels.model import KINDS

_LANGUAGES = ("", "zh", "en")


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of a channel. address and secret are empty where they shall stay as they are."""

    owner: str
    kind: str
    name: str
    address: str
    secret: str
    language: str | None
    version: int | None


class ChannelForm(Schema):
    """A new channel, or changes of one."""

    class Meta:
        """A form has buttons, too."""

        unknown = EXCLUDE

    owner = fields.String(load_default="", validate=validate.Length(max=60))
    kind = fields.String(load_default="email", validate=validate.OneOf(KINDS))
    name = fields.String(load_default="", validate=validate.Length(max=80))
    address = fields.String(load_default="", validate=validate.Length(max=500))
    secret = fields.String(load_default="", validate=validate.Length(max=200))
    language = fields.String(load_default="", allow_none=True, validate=validate.OneOf(_LANGUAGES))
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def said(self, data: dict[str, Any], **_more: object) -> Said:
        """As the commands take it."""
        return Said(**data | {"language": data["language"] or None})


class ChannelSchema(Schema):
    """A channel as its owner sees it: the address of a robot by its end, a secret never."""

    id = fields.UUID()
    version = fields.Integer()
    owner = fields.String()
    kind = fields.String()
    name = fields.String()
    shown = fields.String(data_key="address")
    language = fields.String(allow_none=True)
    state = fields.String()
    why = fields.String()
    failures = fields.Integer()
    worked_at = fields.AwareDateTime()
    created_at = fields.AwareDateTime()


class SecretSchema(Schema):
    """A signing secret, said this once."""

    secret = fields.String()
