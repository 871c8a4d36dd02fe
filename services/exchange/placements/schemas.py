"""Placements as JSON and as forms: shape only; what a plan may be is for `Plan` and the rules to say."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, post_load

from services.exchange.placements.model import KINDS, VERBS, Plan
from shared.text import Sentence
from shared.web.spoken import SENTENCES, Id, Line, Spoken, Strict, Whole, must

#: What the form calls its fields.
NAMES: Mapping[str, Sentence] = {
    "person_id": Sentence(zh="教师", en="Teacher"),
    "origin_school_id": Sentence(zh="派出学校", en="Home school"),
    "host_school_id": Sentence(zh="接收学校", en="Host school"),
    "kind": Sentence(zh="交流类型", en="Kind"),
    "starts_on": Sentence(zh="开始日期", en="First day"),
    "ends_on": Sentence(zh="结束日期", en="Last day"),
    "relation_moves": Sentence(zh="调动人事关系", en="The personnel relation moves"),
    "remark": Sentence(zh="备注", en="Remark"),
    "other_person_id": Sentence(zh="对方教师", en="Teacher of the other school"),
    "agreement_id": Sentence(zh="依据的协议", en="Under the agreement"),
}
_YEARS = (2000, 2099)


class Day(Spoken, fields.Date):
    """A day in ISO 8601, in years that people plan for."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:  # noqa: ANN401  marshmallow's signature
        day: date = super()._deserialize(value, attr, data, **kwargs)
        if not _YEARS[0] <= day.year <= _YEARS[1]:
            raise self.make_error("invalid")
        return day


class Truth(Spoken, fields.Boolean):
    """Yes or no."""


class Proposal(NamedTuple):
    """Who is to go where, and who comes in exchange, if that is asked for."""

    plan: Plan
    other_person_id: UUID | None

    @property
    def back(self) -> Plan:
        """The plan of who comes in exchange."""
        plan = self.plan
        assert self.other_person_id is not None  # noqa: S101  the caller has looked
        return Plan(
            person_id=self.other_person_id,
            origin_school_id=plan.host_school_id,
            host_school_id=plan.origin_school_id,
            kind=plan.kind,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
            relation_moves=plan.relation_moves,
            remark=plan.remark,
            agreement_id=plan.agreement_id,
            agreement_version=plan.agreement_version,
        )


class ProposalSchema(Strict):
    """Who is to go where, as what, and when. other_person_id makes it a pair: who comes in exchange."""

    person_id = Id(required=True)
    origin_school_id = Id(required=True)
    host_school_id = Id(required=True)
    kind = Line(required=True, validate=must(KINDS.__contains__, SENTENCES["invalid"]))
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    relation_moves = Truth(load_default=False)
    remark = Line(load_default="")
    agreement_id = Id(load_default=None, allow_none=True)
    other_person_id = Id(load_default=None, allow_none=True)

    @post_load
    def proposal(self, data: dict[str, Any], **_options: object) -> Proposal:
        """The value."""
        other = data.pop("other_person_id")
        plan = Plan(**data)
        if faults := plan.faults():
            raise ValidationError({field: [sentence] for field, sentence in faults.items()})
        return Proposal(plan, other)


class StepSchema(Strict):
    """A step: what is done, on which day, why."""

    verb = Line(required=True, validate=must(VERBS.__contains__, SENTENCES["invalid"]))
    on = Day(load_default=None, allow_none=True)
    reason = Line(load_default="")
    justified = Truth(load_default=None, allow_none=True)
    seen = Whole(load_default=None, allow_none=True)


class NoteSchema(Schema):
    """A dated rule that is not met."""

    rule = fields.String()
    zh = fields.String()
    en = fields.String()
    source = fields.String()


class PlacementSchema(Schema):
    """A placement as those see it whom it concerns."""

    id = fields.UUID()
    version = fields.Integer()
    person_id = fields.UUID()
    name = fields.String()
    origin_school_id = fields.UUID()
    host_school_id = fields.UUID()
    origin_region = fields.String()
    host_region = fields.String()
    kind = fields.String()
    state = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date()
    last_on = fields.Date()
    relation_moves = fields.Boolean()
    remark = fields.String()
    reason = fields.String()
    justified = fields.Boolean(allow_none=True)
    notes = fields.List(fields.Nested(NoteSchema))
    source = fields.String()
    pair_id = fields.UUID(allow_none=True)
    agreement_id = fields.UUID(allow_none=True)
    agreement_version = fields.Integer(allow_none=True)
    awaited = fields.String(allow_none=True)
    changed_at = fields.AwareDateTime()


class PlacementPageSchema(Schema):
    """Some of the placements, and how many there are in all."""

    placements = fields.List(fields.Nested(PlacementSchema))
    total = fields.Integer()
