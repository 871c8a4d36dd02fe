"""The shape of schools as JSON."""

from marshmallow import Schema, fields


class SchoolSchema(Schema):
    """A school in a list."""

    id = fields.UUID()
    code = fields.String()
    name = fields.String()
    name_en = fields.String()
    stage = fields.String()
    region_code = fields.String()
    region_name = fields.String()
