"""The shape of a region's rule."""

import re

from marshmallow import Schema, fields

from services.resources.reviewing.model import RULES
from shared.text import Sentence
from shared.web.spoken import Line, Strict, must

_CHOOSE = Sentence(zh="请从所列的选项中选择。", en="Choose one of those that are offered.")
_REGION = Sentence(zh="请选择区域。", en="Choose a region.")


class RuleSchema(Strict):
    """By whose word a region's items are published."""

    region_code = Line(required=True, validate=must(re.compile("[0-9]{6}").fullmatch, _REGION))
    by = Line(required=True, validate=must({*RULES, "above"}.__contains__, _CHOOSE))


class RuleShownSchema(Schema):
    """The rule of a region. own: whether the region says so itself; said: whether it, or one above it, says anything."""

    region_code = fields.String()
    name = fields.String()
    by = fields.String()
    own = fields.Boolean()
    said = fields.Boolean()
