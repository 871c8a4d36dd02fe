"""The shape of what is said of files."""

import re

from shared.text import Sentence
from shared.web.spoken import Line, Strict, must

_NAME = Sentence(zh="请填写名称，最多 100 个字。", en="Give it a name, of at most 100 characters.")
_LINK = Sentence(zh="请填写网址，最多 500 个字符。", en="Write an address, of at most 500 characters.")


class LinkSchema(Strict):
    """The address of what lies elsewhere."""

    name = Line(required=True, validate=must(re.compile(".{1,100}").fullmatch, _NAME))
    link = Line(required=True, validate=must(re.compile(".{1,500}").fullmatch, _LINK))
