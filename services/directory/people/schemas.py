"""The shape of changes to a person."""

from marshmallow import Schema, fields, validate


class Move(Schema):
    """To which school, and since when (`YYYY-MM`)."""

    school = fields.UUID(required=True)
    since = fields.String(required=True, validate=validate.Regexp(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"))


class Merge(Schema):
    """Which record stays."""

    into = fields.UUID(required=True)
