"""The shape of materials in forms and in JSON."""

from marshmallow import EXCLUDE, Schema, fields

from shared.web.spoken import Line


class AddSchema(Schema):
    """What is given out. link: an address, or a path of our own library."""

    class Meta:
        """A form may carry fields of its own beside."""

        unknown = EXCLUDE

    title = Line(load_default="")
    link = Line(load_default="")


class MaterialSchema(Schema):
    """One thing that a session gives out."""

    id = fields.UUID()
    title = fields.String()
    link = fields.String()
    added_at = fields.AwareDateTime()
