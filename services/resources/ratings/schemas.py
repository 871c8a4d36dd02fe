"""The shape of a rating."""

from shared.text import Sentence
from shared.web.spoken import Strict, Text, Whole, must

_STARS = Sentence(zh="请选 1 到 5 颗星。", en="Choose from 1 to 5 stars.")
_LONG = Sentence(zh="最多 1000 个字。", en="At most 1,000 characters.")


class RatingSchema(Strict):
    """Stars and words."""

    stars = Whole(required=True, validate=must(range(1, 6).__contains__, _STARS))
    text = Text(load_default="", validate=must(lambda text: len(text) <= 1000, _LONG))  # noqa: PLR2004  as it says
