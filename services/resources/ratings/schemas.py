"""The shape of a rating."""

from marshmallow import Schema, fields

from shared.text import Sentence
from shared.web.spoken import Strict, Text, Whole, must

_STARS = Sentence(zh="请选 1 到 5 颗星。", en="Choose from 1 to 5 stars.")
_LONG = Sentence(zh="最多 1000 个字。", en="At most 1,000 characters.")


class RatingSchema(Strict):
    """Stars and words."""

    stars = Whole(required=True, validate=must(range(1, 6).__contains__, _STARS))
    text = Text(load_default="", validate=must(lambda text: len(text) <= 1000, _LONG))  # noqa: PLR2004  as it says


class _Sum(Schema):
    """How one version is rated."""

    index = fields.Integer()
    count = fields.Integer()
    mean = fields.Float()


class _Said(Schema):
    """A rating. index: of the version that it is about. own: whether it is the reader's."""

    index = fields.Integer()
    stars = fields.Integer()
    text = fields.String()
    at = fields.AwareDateTime()
    school_id = fields.UUID(allow_none=True)
    own = fields.Boolean()


class RatedSchema(Schema):
    """How an item is rated: by version, and each rating, 200 at most."""

    versions = fields.List(fields.Nested(_Sum))
    ratings = fields.List(fields.Nested(_Said))
