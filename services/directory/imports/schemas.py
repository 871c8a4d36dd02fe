"""The shape of what the pages of imports are asked with."""

from marshmallow import EXCLUDE, Schema, fields, validate

KINDS = ("regions", "schools", "organisations", "groups", "people")
ACTIONS = ("added", "changed", "gone")


class Shown(Schema):
    """Which changes of an import are shown."""

    class Meta:
        """An address may carry what others add to it."""

        unknown = EXCLUDE

    kind = fields.String(load_default="", validate=validate.OneOf(["", *KINDS]))
    action = fields.String(load_default="", validate=validate.OneOf(["", *ACTIONS]))
    page = fields.Integer(load_default=1, validate=validate.Range(min=1, max=10_000))
    problems = fields.Integer(load_default=1, validate=validate.Range(min=1, max=10_000))
