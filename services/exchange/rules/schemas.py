"""Rules as JSON and as a form: shape only; what they may be is for `RegionRules` to say."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from werkzeug.datastructures import MultiDict

from services.exchange.rules.model import RegionRules
from shared.text import Sentence
from shared.web.spoken import Line, Many, Spoken, Strict, Text, Whole

#: Parameters that are several words; several whole numbers; one word; a number or nothing; a number.
LISTS = ("senders", "named", "stages", "excluded", "kinds", "principal_posts", "arts")
TRIPLES = ("least_primary", "least_junior")
WORDS = ("counting", "numerator", "backbone", "backbone_of", "begins", "snapshot", "degree_primary", "degree_junior", "rotation_source", "support_source")  # fmt: skip
OPTIONAL = ("years", "oldest_men", "oldest_women", "principal_years", "principal_oldest_men", "principal_oldest_women")  # fmt: skip
NUMBERS = ("months", "exchanged_share", "backbone_share", "pupils_least")
HUNDREDTHS = ("cv_primary", "cv_junior")

_CHOSEN = ("senders", "stages", "kinds")
_APART = re.compile(r"[\s,，、;；]+")
_THREE = 3


class Day(Spoken, fields.Date):
    """A day in ISO 8601."""


class Values(Spoken, fields.Dict):
    """Parameters by their name."""


ValuesSchema = Strict.from_dict(
    {
        **{name: Many(Line()) for name in LISTS},
        **{name: Many(Whole()) for name in TRIPLES},
        **{name: Line() for name in WORDS},
        **{name: Whole(allow_none=True) for name in OPTIONAL},
        **{name: Whole() for name in (*NUMBERS, *HUNDREDTHS)},
    },
    name="ValuesSchema",
)


class DecisionSchema(Strict):
    """The next version. rules: the parameters that change; all others stay as they hold on that day."""

    valid_from = Day(required=True)
    why = Text(required=True)
    seen = Whole(load_default=None, allow_none=True)
    rules = fields.Nested(ValuesSchema, required=True)

    @validates_schema
    def three(self, data: dict[str, Any], **_options: object) -> None:
        """The least of the three indicators are three numbers."""
        for name in TRIPLES:
            if name in data.get("rules", {}) and len(data["rules"][name]) != _THREE:
                raise ValidationError({name: [Sentence(zh="请填写三个数。", en="Three numbers, please.")]})


class VersionSchema(Schema):
    """A version of a region's rules."""

    region_code = fields.String()
    number = fields.Integer()
    valid_from = fields.Date()
    rules = fields.Dict()
    why = fields.String()
    by = fields.String()
    at = fields.AwareDateTime()


class HeldSchema(Schema):
    """What holds in a region on a day, and every version that the region decided on itself."""

    region_code = fields.String(metadata={"description": "whose rules hold; empty: the defaults"})
    number = fields.Integer()
    valid_from = fields.Date(allow_none=True)
    rules = fields.Dict()
    newest = fields.Integer()
    versions = fields.List(fields.Nested(VersionSchema))


def merged(held: RegionRules, said: Mapping[str, Any]) -> RegionRules:
    """The rules that hold, but for what was said."""
    return RegionRules.of({**held.written(), **said})


def decision_in(form: MultiDict[str, str]) -> dict[str, Any]:
    """What a browser's form decides. Raises ValidationError."""
    said: dict[str, Any] = {name: form.get(name, "") for name in WORDS}
    said |= {
        name: [part for part in _APART.split(form.get(name, "")) if part]
        for name in LISTS
        if name not in _CHOSEN
    }
    said |= {name: form.getlist(name) for name in _CHOSEN}
    said |= {name: form.get(name, "").strip() or None for name in OPTIONAL}
    said |= {name: form.get(name, "").strip() for name in NUMBERS}
    wrong: dict[str, list[Sentence]] = {}
    for name in (*HUNDREDTHS, *TRIPLES):
        try:
            parts = [int(Decimal(part) * 100) for part in _APART.split(form.get(name, "")) if part]
        except (InvalidOperation, ValueError, OverflowError):
            parts = []
        if len(parts) != (_THREE if name in TRIPLES else 1):
            wrong[name] = [Sentence(zh="请填写数字，用空格分开。", en="Numbers, with a space between them.")]
            continue
        said[name] = parts if name in TRIPLES else parts[0]
    if wrong:
        raise ValidationError(wrong)
    whole = {name: form.get(name, "") for name in ("valid_from", "why")}
    try:
        found: dict[str, Any] = DecisionSchema().load(
            {**whole, "seen": form.get("seen") or None, "rules": said}
        )
    except ValidationError as error:
        raise ValidationError(_flat(error.normalized_messages())) from error  # type: ignore[no-untyped-call]
    return found


def typed_of(rules: RegionRules) -> MultiDict[str, str]:
    """Rules as the form sends them."""
    typed: MultiDict[str, str] = MultiDict()
    for name in (*WORDS, *NUMBERS, *OPTIONAL):
        value = getattr(rules, name)
        typed[name] = "" if value is None else str(value)
    for name in LISTS:
        values: Sequence[str] = getattr(rules, name)
        if name in _CHOSEN:
            typed.setlist(name, list(values))
        else:
            typed[name] = "、".join(values)
    for name in HUNDREDTHS:
        typed[name] = f"{getattr(rules, name) / 100:.2f}"
    for name in TRIPLES:
        typed[name] = " ".join(f"{each / 100:g}" for each in getattr(rules, name))
    return typed


def _flat(messages: dict[str, Any]) -> dict[str, Any]:
    """Parameters beside the rest, as the form has them."""
    rules = messages.pop("rules", {})
    return {**messages, **(rules if isinstance(rules, dict) else {"why": rules})}
