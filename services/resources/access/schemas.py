"""The shape of requests and links."""

import re

from shared.text import Sentence
from shared.web.spoken import Line, Strict, Text, Whole, must

_LONG = Sentence(zh="最多 500 个字。", en="At most 500 characters.")
_SHORT = Sentence(zh="最多 60 个字。", en="At most 60 characters.")


class AskSchema(Strict):
    """Why somebody wants to see it."""

    reason = Text(load_default="", validate=must(lambda text: len(text) <= 500, _LONG))  # noqa: PLR2004  as it says


class AnswerSchema(Strict):
    """Why not."""

    answer = Text(load_default="", validate=must(lambda text: len(text) <= 500, _LONG))  # noqa: PLR2004  as it says


class LinkSchema(Strict):
    """For how long, and for whom."""

    days = Whole(required=True)
    note = Line(load_default="", validate=must(re.compile(".{0,60}").fullmatch, _SHORT))
