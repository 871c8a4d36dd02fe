"""Appraisals as JSON and as forms: a shape for each verb."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load

from services.exchange.appraisals.model import Dimension, Form
from services.exchange.placements.model import KINDS
from shared.web.spoken import SENTENCES, Id, Ids, Line, Many, Spoken, Strict, Text, Whole, must

#: Grades that have a score from which they are given.
_LEVELS = 3


class Day(Spoken, fields.Date):
    """A day in ISO 8601."""


class Truth(Spoken, fields.Boolean):
    """Yes or no."""


class Scores(Spoken, fields.Dict):
    """A score for each dimension."""


class _TextSchema(Strict):
    text = Text(required=True)


class _GateSchema(Strict):
    passed = Truth(required=True)
    note = Text(load_default="")


class _NameSchema(Strict):
    people = Ids(Id(), required=True)
    role = Line(required=True)


class _RateSchema(Strict):
    scores = Scores(keys=fields.String(), values=Whole(), required=True)
    comment = Text(load_default="")


class _DecideSchema(Strict):
    missing_why = Text(load_default="")
    lower = Truth(load_default=False)


class _AnswerSchema(Strict):
    text = Text(required=True)
    grade = Line(load_default="")


class _PlanSchema(Strict):
    text = Text(required=True)
    due = Day(required=True)


#: The shape of each verb; whatever has none is no verb.
VERBS: Mapping[str, type[Strict]] = {
    "report": _TextSchema,
    "gate": _GateSchema,
    "name": _NameSchema,
    "rate": _RateSchema,
    "decide": _DecideSchema,
    "appeal": _TextSchema,
    "answer": _AnswerSchema,
    "reward": _TextSchema,
    "plan": _PlanSchema,
    "follow": _TextSchema,
    "adopt": _TextSchema,
}


class DimensionSchema(Strict):
    """What is appraised, how much it weighs, and which roles rate it."""

    name = Line(required=True)
    weight = Whole(required=True)
    roles = Many(Line(), required=True)


class FormSchema(Strict):
    """The next version of a region's form for a kind of exchange. seen: the number of the last one, 0 for none."""

    kind = Line(required=True, validate=must(KINDS.__contains__, SENTENCES["invalid"]))
    why = Text(required=True)
    dimensions = Many(fields.Nested(DimensionSchema), required=True)
    gate = Line(load_default="师德与出勤")
    levels = Many(
        Whole(),
        load_default=lambda: [90, 75, 60],
        validate=must(lambda some: len(some) == _LEVELS, SENTENCES["invalid"]),
    )
    excellent_share = Whole(load_default=20)
    seen = Whole(load_default=None, allow_none=True)

    @post_load
    def form(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        """The kind, why, what was seen, and the form. Raises ValidationError with every fault of it."""
        dimensions = tuple(
            Dimension(name=each["name"], weight=each["weight"], roles=tuple(each["roles"]))
            for each in data["dimensions"]
        )
        form = Form(
            dimensions=dimensions,
            gate=data["gate"],
            levels=tuple(data["levels"]),
            excellent_share=data["excellent_share"],
        )
        if faults := form.faults():
            raise ValidationError({field: [sentence] for field, sentence in faults.items()})
        return {"kind": data["kind"], "why": data["why"], "seen": data["seen"], "form": form}


class FormVersionSchema(Schema):
    """A version of a region's form."""

    region_code = fields.String()
    kind = fields.String()
    number = fields.Integer()
    form = fields.Dict()
    why = fields.String()
    at = fields.AwareDateTime()


class FormsSchema(Schema):
    """The forms that a region decided on."""

    forms = fields.List(fields.Nested(FormVersionSchema))


class MeanSchema(Schema):
    """One dimension: the mean of its raters, how many they are, and how many are wanting."""

    name = fields.String()
    weight = fields.Integer()
    score = fields.Float(allow_none=True)
    n = fields.Integer()
    missing = fields.Integer()


class AppraisalSchema(Schema):
    """An appraisal: what it comes to, and what followed. score: null while a dimension has nobody's rating."""

    state = fields.String()
    form_source = fields.String()
    gate = fields.Boolean(allow_none=True)
    means = fields.List(fields.Nested(MeanSchema))
    score = fields.Float(allow_none=True)
    given = fields.Integer()
    missing = fields.List(fields.String())
    grade = fields.String(allow_none=True)
    missing_why = fields.String()
    plan = fields.String()
    plan_due = fields.Date(allow_none=True)
    follow_up = fields.String()
    reward = fields.String()
    adopted = fields.String()
    appeal = fields.String()
    appeal_answer = fields.String()
