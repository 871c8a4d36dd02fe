"""The shape of schools as JSON, and of what a list of them is asked with."""

from marshmallow import EXCLUDE, Schema, fields, validate

STAGES = ("primary", "junior", "nine_year", "senior", "kindergarten")
SETTINGS = ("urban", "town", "rural")


class SchoolSchema(Schema):
    """A school in a list."""

    id = fields.UUID()
    code = fields.String()
    name = fields.String()
    name_en = fields.String()
    stage = fields.String()
    region_name = fields.String()


class SchoolsAsked(Schema):
    """Filters, order and page of a list of schools, as they stand in the address. What is unknown is left alone."""

    class Meta:
        """An address may carry what others add to it."""

        unknown = EXCLUDE

    q = fields.String(load_default="", validate=validate.Length(max=64))
    stage = fields.String(load_default="", validate=validate.OneOf(["", *STAGES]))
    setting = fields.String(load_default="", validate=validate.OneOf(["", *SETTINGS]))
    region = fields.String(load_default="", validate=validate.Regexp(r"([0-9]{6})?$"))
    sort = fields.String(load_default="code", validate=validate.OneOf(["code", "name", "pupils", "people"]))
    down = fields.Boolean(load_default=False)
    page = fields.Integer(load_default=1, validate=validate.Range(min=1, max=100_000))
