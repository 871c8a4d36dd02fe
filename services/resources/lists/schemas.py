"""The shape of what is done with many items."""

import re

from marshmallow import EXCLUDE, Schema, fields

from services.resources.items.model.words import LICENCES, STAGES
from services.resources.lists.commands import CHANGES
from shared.text import Sentence
from shared.web.spoken import Id, Ids, Line, Many, Spoken, Strict, must

_CHOOSE = Sentence(zh="请从所列的选项中选择。", en="Choose one of those that are offered.")
_LONG = Sentence(zh="最多 200 个字。", en="At most 200 characters.")
_MANY = Sentence(zh="请先勾选资源，一次最多 500 件。", en="Choose items first, 500 at most.")
_SO_MANY = Sentence(zh="一次要有 1 到 5000 行。", en="From 1 to 5,000 rows at a time.")
_MOST, _ROWS = 500, 5_000


class Flag(Spoken, fields.Boolean):
    """Whether."""


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


class ListSchema(Strict):
    """Rows of a list; the first that names 类别, 名称 and 提供学校 is its head. published: publish what the reader may publish."""

    rows = Many(
        Many(Line(allow_none=True)),
        required=True,
        validate=must(lambda rows: 0 < len(rows) <= _ROWS, _SO_MANY),
    )
    published = Flag(load_default=False)


class BroughtSchema(Schema):
    """What came of a list; sentences by the number of the row, from 1."""

    new = fields.Integer()
    known = fields.Integer()
    new_rooms = fields.Integer()
    known_rooms = fields.Integer()
    warnings = fields.Dict(keys=fields.Integer(), values=fields.String())
    problems = fields.Dict(keys=fields.Integer(), values=fields.String())


class ChangedSchema(Schema):
    """What came of a change of many: how many are changed, and by title why others are not."""

    done = fields.Integer()
    left = fields.Dict(keys=fields.String(), values=fields.String())
