"""The shape of sessions as JSON and as forms: shape only; what a plan may be is for `Plan` to say."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, post_load

from services.scheduling.plans.model import Plan
from shared.text import Sentence
from shared.web.rendering import ZONE

_SENTENCES: Mapping[str, Sentence] = {
    "required": Sentence(zh="请填写这一项。", en="This is required."),
    "null": Sentence(zh="请填写这一项。", en="This is required."),
    "invalid_uuid": Sentence(zh="这不是有效的编号。", en="This is not a valid id."),
    "invalid_awareness": Sentence(
        zh="时间要带时区，例如 2025-06-10T08:30:00+08:00。",
        en="A time needs its zone, as in 2025-06-10T08:30:00+08:00.",
    ),
    "control": Sentence(
        zh="含有看不见的控制字符，请删去后重填。",
        en="There are invisible control characters in it; remove them.",
    ),
    "invalid": Sentence(zh="请按要求的格式填写。", en="This is not in the form that is asked for."),
}
_YEARS = (2000, 2099)


class _Spoken(fields.Field[Any]):
    """A field that says what is wrong in both languages."""

    def make_error(self, key: str, **_details: object) -> ValidationError:
        return ValidationError([_SENTENCES.get(key, _SENTENCES["invalid"])])


class Line(_Spoken, fields.String):
    """One line of text, with the space around it and in it made plain."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ANN401  marshmallow's signature
        text = " ".join(super()._deserialize(value, attr, data, **kwargs).split())
        # No database takes NUL, and none of ours a lone surrogate.
        if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
            raise self.make_error("control")
        return text


class Moment(_Spoken, fields.AwareDateTime):
    """A moment in ISO 8601, in years that people plan for: further out the calendar itself ends."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:  # noqa: ANN401  marshmallow's signature
        moment = super()._deserialize(value, attr, data, **kwargs)
        if not _YEARS[0] <= moment.year <= _YEARS[1]:
            raise self.make_error("invalid")
        return moment


class Id(_Spoken, fields.UUID):
    """An id of ours."""


class Ids(_Spoken, fields.List[Any]):
    """Several of them."""


class _Strict(Schema):
    """Nothing but what is named, so that a misspelt field is not silently lost."""

    error_messages: ClassVar[dict[str, Any]] = {  # type: ignore[misc]  # marshmallow sets it on the instance
        "unknown": Sentence(zh="没有这个字段。", en="There is no such field."),
        "type": Sentence(zh="需要一个 JSON 对象。", en="A JSON object is needed."),
    }

    class Meta:
        """marshmallow's place for options."""

        unknown = RAISE


class _PlanFields(_Strict):
    title = Line(required=True)
    kind = Line(required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    place = Line(load_default="")
    link = Line(load_default="")
    invited_schools = Ids(Id(), load_default=list)


class PlanSchema(_PlanFields):
    """What a session is to be."""

    @post_load
    def plan(self, data: dict[str, Any], **_options: object) -> Plan:
        """The plan; raises with all of its faults at once."""
        return _plan(**data)


class Draft(NamedTuple):
    """A plan, and for which region it is hosted; empty where who asks hosts for one only."""

    plan: Plan
    host_region: str


class DraftSchema(_PlanFields):
    """What a session is to be and who hosts it: six digits of GB/T 2260."""

    host_region = Line(load_default="")

    @post_load
    def draft(self, data: dict[str, Any], **_options: object) -> Draft:
        """The plan and the region; raises with all of the plan's faults at once."""
        host_region = data.pop("host_region")
        return Draft(_plan(**data), host_region)


#: What the form calls its fields.
NAMES: Mapping[str, Sentence] = {
    "title": Sentence(zh="活动名称", en="Title"),
    "kind": Sentence(zh="活动类型", en="Kind"),
    "host_region": Sentence(zh="主办区域", en="Hosted for"),
    "starts_at": Sentence(zh="开始时间", en="Starts"),
    "ends_at": Sentence(zh="结束时间", en="Ends"),
    "place": Sentence(zh="地点", en="Place"),
    "link": Sentence(zh="线上链接", en="Online link"),
    "invited_schools": Sentence(zh="邀请的学校", en="Schools to invite"),
}


class FormSchema(DraftSchema):
    """The same as a browser's form sends it: its times are on the reader's clock and say no zone."""

    class Meta:
        """marshmallow's place for options."""

        unknown = EXCLUDE  # a form has fields of its own beside

    starts_at = Moment(required=True, default_timezone=ZONE)
    ends_at = Moment(required=True, default_timezone=ZONE)


class ReasonSchema(_Strict):
    """Why a session is cancelled."""

    reason = Line(required=True)


class SessionSchema(Schema):
    """A session as its planners see it."""

    id = fields.UUID()
    version = fields.Integer()
    title = fields.String()
    kind = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    place = fields.String()
    link = fields.String()
    invited_schools = fields.List(fields.UUID())
    host_region = fields.String()
    state = fields.String()
    reason = fields.String()
    released_at = fields.AwareDateTime()
    cancelled_at = fields.AwareDateTime()


def sentences(error: ValidationError) -> dict[str, Sentence]:
    """A sentence for each field at fault; what is wrong with the parts of a list is said of the list."""
    found: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return {field: _first(messages) for field, messages in found.items()}


def _first(messages: Any) -> Sentence:  # noqa: ANN401  marshmallow nests lists and dicts
    while not isinstance(messages, Sentence):
        messages = next(iter(messages.values() if isinstance(messages, dict) else messages))
    return messages


def _plan(*, invited_schools: list[UUID], **said: Any) -> Plan:  # noqa: ANN401  what the schema has loaded
    plan = Plan.once(**said, invited_schools=tuple(dict.fromkeys(invited_schools)))
    if faults := plan.faults():
        raise ValidationError({field: [sentence] for field, sentence in faults.items()})
    return plan
