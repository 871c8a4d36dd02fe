"""Fields of JSON and of forms that say in both languages what is wrong with them."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields

from shared.text import Sentence

SENTENCES: Mapping[str, Sentence] = {
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


class Spoken(fields.Field[Any]):
    """A field that says what is wrong in both languages."""

    def make_error(self, key: str, **_details: object) -> ValidationError:
        """What marshmallow raises, as a sentence."""
        return ValidationError([SENTENCES.get(key, SENTENCES["invalid"])])


class Line(Spoken, fields.String):
    """One line of text, with the space around it and in it made plain."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ANN401  marshmallow's signature
        text = self.made_plain(super()._deserialize(value, attr, data, **kwargs))
        # No database takes NUL, and none of ours a lone surrogate.
        if any(unicodedata.category(each) in {"Cc", "Cs"} and each != "\n" for each in text):
            raise self.make_error("control")
        return text

    def made_plain(self, text: str) -> str:
        """The text as it is kept."""
        return " ".join(text.split())


class Text(Line):
    """Several lines of text; each is made plain as a line is, and there is nothing before the first or after the last."""

    def made_plain(self, text: str) -> str:
        """The text as it is kept."""
        return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()


class Whole(Spoken, fields.Integer):
    """A whole number."""


class Moment(Spoken, fields.AwareDateTime):
    """A moment in ISO 8601, in years that people plan for: further out the calendar itself ends."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:  # noqa: ANN401  marshmallow's signature
        moment = super()._deserialize(value, attr, data, **kwargs)
        if not _YEARS[0] <= moment.year <= _YEARS[1]:
            raise self.make_error("invalid")
        return moment


class Id(Spoken, fields.UUID):
    """An id of ours."""


class Ids(Spoken, fields.List[Any]):
    """Several of them."""


class Many(Spoken, fields.List[Any]):
    """Several values."""


class Strict(Schema):
    """Nothing but what is named, so that a misspelt field is not silently lost."""

    error_messages: ClassVar[dict[str, Any]] = {  # type: ignore[misc]  # marshmallow sets it on the instance
        "unknown": Sentence(zh="没有这个字段。", en="There is no such field."),
        "type": Sentence(zh="需要一个 JSON 对象。", en="A JSON object is needed."),
    }

    class Meta:
        """marshmallow's place for options."""

        unknown = RAISE


def must(fit: Callable[[Any], object], sentence: Sentence) -> Callable[[Any], None]:
    """What marshmallow calls to check a value; its own validators speak one language only."""

    def check(value: Any) -> None:  # noqa: ANN401  marshmallow's signature
        if value is not None and not fit(value):
            raise ValidationError([sentence])

    return check


def sentences(error: ValidationError) -> dict[str, Sentence]:
    """A sentence for each field at fault; what is wrong with the parts of a list is said of the list."""
    found: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return {field: _first(messages) for field, messages in found.items()}


def _first(messages: Any) -> Sentence:  # noqa: ANN401  marshmallow nests lists and dicts
    while not isinstance(messages, Sentence):
        if isinstance(messages, str):  # of a field or a validator of marshmallow's own
            return SENTENCES["invalid"]
        messages = next(iter(messages.values() if isinstance(messages, dict) else messages))
    return messages
