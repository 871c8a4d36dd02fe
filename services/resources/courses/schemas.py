"""The shapes of a part: as it is added, and as it is shown."""

from marshmallow import Schema, fields

from shared.web.spoken import Id, Strict


class PartSchema(Strict):
    """Which item."""

    item_id = Id(required=True)


class PartShownSchema(Schema):
    """An item at its place in a course, which counts from 1."""

    index = fields.Integer()
    item_id = fields.UUID()
    kind = fields.String()
    title = fields.String()
    state = fields.String()
