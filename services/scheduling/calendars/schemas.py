"""The shape of what a calendar is asked with."""

from marshmallow import EXCLUDE, Schema, fields, validate


class Asked(Schema):
    """Which view, around which day."""

    class Meta:
        """An address may carry what others add to it."""

        unknown = EXCLUDE

    view = fields.String(
        load_default="month", validate=validate.OneOf(["month", "week", "agenda", "places", "day"])
    )
    at = fields.Date(load_default=None)
