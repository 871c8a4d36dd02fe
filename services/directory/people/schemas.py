"""The shape of what a list of people is asked with, and of changes to one."""

from marshmallow import EXCLUDE, Schema, fields, validate

BACKBONE = ("none", "school", "county", "city", "province", "national")


class PeopleAsked(Schema):
    """Filters, order and page of a list of people, as they stand in the address. What is unknown is left alone."""

    class Meta:
        """An address may carry what others add to it."""

        unknown = EXCLUDE

    q = fields.String(load_default="", validate=validate.Length(max=64))
    school = fields.UUID(load_default=None, allow_none=True)
    subject = fields.String(load_default="", validate=validate.Length(max=20))
    backbone = fields.String(load_default="", validate=validate.OneOf(["", *BACKBONE]))
    region = fields.String(load_default="", validate=validate.Regexp(r"([0-9]{6})?$"))
    sort = fields.String(load_default="name", validate=validate.OneOf(["name", "since", "birth"]))
    down = fields.Boolean(load_default=False)
    page = fields.Integer(load_default=1, validate=validate.Range(min=1, max=400))


class Move(Schema):
    """To which school, and since when (`YYYY-MM`)."""

    school = fields.UUID(required=True)
    since = fields.String(required=True, validate=validate.Regexp(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"))


class Merge(Schema):
    """Which record stays."""

    into = fields.UUID(required=True)
