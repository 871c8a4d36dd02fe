"""The shape of what is said of those who develop an item."""

import re

from services.resources.developing.model import ROLES
from shared.text import Sentence
from shared.web.spoken import Line, Strict, Text, must

_CHOOSE = Sentence(zh="请从所列的选项中选择。", en="Choose one of those that are offered.")
_LONG = Sentence(zh="最多 2000 个字。", en="At most 2,000 characters.")
_SHORT = Sentence(zh="请填写，最多 100 个字。", en="Write something, of at most 100 characters.")


class PartSchema(Strict):
    """A school and its part."""

    school = Line(required=True, validate=must(re.compile(".{1,100}").fullmatch, _SHORT))
    role = Line(load_default="writes", validate=must(ROLES.__contains__, _CHOOSE))
    task = Line(load_default="", validate=must(re.compile(".{0,100}").fullmatch, _SHORT))


class RemarkSchema(Strict):
    """A remark."""

    text = Text(required=True, validate=must(lambda text: len(text) <= 2000, _LONG))  # noqa: PLR2004  as it says
