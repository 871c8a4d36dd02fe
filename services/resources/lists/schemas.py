"""The shape of what is done with many items."""

import re

from marshmallow import EXCLUDE

from services.resources.items.model.words import LICENCES, STAGES
from services.resources.lists.commands import CHANGES
from shared.text import Sentence
from shared.web.spoken import Id, Ids, Line, Strict, must

_CHOOSE = Sentence(zh="请从所列的选项中选择。", en="Choose one of those that are offered.")
_LONG = Sentence(zh="最多 200 个字。", en="At most 200 characters.")
_MANY = Sentence(zh="请先勾选资源，一次最多 500 件。", en="Choose items first, 500 at most.")
_MOST = 500


class ChangeSchema(Strict):
    """A change of many: which, what is done, and with what value."""

    class Meta:
        """marshmallow's place for options."""

        unknown = EXCLUDE

    id = Ids(Id(), required=True, validate=must(lambda ids: 0 < len(ids) <= _MOST, _MANY))
    what = Line(required=True, validate=must(CHANGES.__contains__, _CHOOSE))
    audience = Line(load_default="")
    licence = Line(load_default="", validate=must(["", *LICENCES].__contains__, _CHOOSE))
    stage = Line(load_default="", validate=must(["", *STAGES].__contains__, _CHOOSE))
    text = Line(load_default="", validate=must(re.compile(".{0,200}").fullmatch, _LONG))
