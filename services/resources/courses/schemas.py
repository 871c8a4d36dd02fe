"""The shape of a part that is added."""

from shared.web.spoken import Id, Strict


class PartSchema(Strict):
    """Which item."""

    item_id = Id(required=True)
