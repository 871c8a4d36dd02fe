"""The shape of what is said of an item."""

import re
from typing import Any

from marshmallow import EXCLUDE, Schema, fields

from services.resources.items.model.item import Content
from services.resources.items.model.words import KINDS, LANGUAGES, LICENCES, PURPOSES, STAGES, names_in
from shared.text import Sentence
from shared.web.spoken import Id, Line, Spoken, Strict, Text, Whole, must

_CHOOSE = Sentence(zh="请从所列的选项中选择。", en="Choose one of those that are offered.")
_TITLE = Sentence(zh="请填写名称，最多 100 个字。", en="Give it a title, of at most 100 characters.")
_NAMES = Sentence(zh="最多 200 个字。", en="At most 200 characters.")
_SHORT = Sentence(zh="最多 60 个字。", en="At most 60 characters.")
_LONG = Sentence(zh="最多 2000 个字。", en="At most 2,000 characters.")
_PUPILS = Sentence(zh="请填 0 到 5000 的整数。", en="A whole number from 0 to 5000.")


class _Day(Spoken, fields.Date):
    """A day."""


def _short() -> Line:
    return Line(load_default="", validate=must(re.compile(".{0,60}").fullmatch, _SHORT))


class ContentSchema(Strict):
    """The form of a version."""

    class Meta:
        """marshmallow's place for options."""

        unknown = EXCLUDE

    title = Line(required=True, validate=must(re.compile(".{1,100}").fullmatch, _TITLE))
    summary = Text(load_default="", validate=must(lambda text: len(text) <= 2000, _LONG))  # noqa: PLR2004  as it says
    subject = _short()
    stage = Line(load_default="all", validate=must(STAGES.__contains__, _CHOOSE))
    grade = _short()
    textbook = _short()
    keywords = _short()
    people = Line(load_default="", validate=must(re.compile(".{0,200}").fullmatch, _NAMES))
    language = Line(load_default="zh", validate=must(LANGUAGES.__contains__, _CHOOSE))
    licence = Line(load_default="CC-BY-NC-4.0", validate=must(LICENCES.__contains__, _CHOOSE))
    purpose = Line(load_default="teaching", validate=must(PURPOSES.__contains__, _CHOOSE))


class ItemSchema(ContentSchema):
    """The form of a new item."""

    kind = Line(required=True, validate=must(KINDS.__contains__, _CHOOSE))
    school_id = Id(required=True)
    audience = Line(load_default="region")


class MakerShownSchema(Schema):
    """A school that makes an item."""

    id = fields.UUID()
    name = fields.String()


class ItemShownSchema(Schema):
    """An item with one of its versions. version: of the item, for If-Match; index: of what it says, from 1."""

    id = fields.UUID()
    version = fields.Integer()
    kind = fields.String()
    state = fields.String()
    region_code = fields.String()
    audiences = fields.List(fields.String())
    current_id = fields.UUID(allow_none=True)
    draft_id = fields.UUID(allow_none=True)
    reason = fields.String()
    version_id = fields.UUID()
    index = fields.Integer()
    title = fields.String()
    summary = fields.String()
    subject = fields.String()
    stage = fields.String()
    grade = fields.String()
    textbook = fields.String()
    keywords = fields.List(fields.String())
    people = fields.List(fields.String())
    language = fields.String()
    licence = fields.String()
    purpose = fields.String()
    published_at = fields.AwareDateTime(allow_none=True)
    makers = fields.List(fields.Nested(MakerShownSchema))


class AudienceSchema(Strict):
    """Whom it is opened to: a place, a group of the school, or schools by name or code, one a line."""

    audience = Line(required=True)
    schools = Text(load_default="")


class ReasonSchema(Strict):
    """Why."""

    reason = Line(load_default="", validate=must(re.compile(".{0,200}").fullmatch, _SHORT))


class LessonSchema(Strict):
    """A lesson that was taught with an item."""

    day = _Day(required=True)
    grade = _short()
    pupils = Whole(load_default=0, validate=must(range(5001).__contains__, _PUPILS))
    remark = Text(load_default="", validate=must(lambda text: len(text) <= 2000, _LONG))  # noqa: PLR2004  as it says


def content_of(said: dict[str, Any]) -> Content:
    """What a form says."""
    words = said["keywords"].replace("、", " ").replace("，", " ").replace(",", " ").split()
    return Content(
        title=said["title"],
        summary=said["summary"],
        subject=said["subject"],
        stage=said["stage"],
        grade=said["grade"],
        textbook=said["textbook"],
        keywords=tuple(dict.fromkeys(words)),
        people=names_in(said["people"]),
        language=said["language"],
        licence=said["licence"],
        purpose=said["purpose"],
    )
