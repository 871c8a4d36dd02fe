"""Sessions as JSON."""

from typing import Any, NamedTuple
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Range

from services.scheduling.plans.model import Leader, Occurrence, Plan
from shared.web.spoken import SENTENCES, Id, Ids, Line, Many, Moment, Strict


class OccurrenceSchema(Strict):
    """Once that a session takes place."""

    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    place = Line(load_default="")
    link = Line(load_default="")
    account = Line(load_default="")

    @post_load
    def occurrence(self, data: dict[str, Any], **_options: object) -> Occurrence:
        """The value."""
        return Occurrence(**data)


class LeaderSchema(Strict):
    """Who hosts or speaks; without `person_id` the name is only written, and nobody's time is taken."""

    name = Line(required=True)
    role = Line(load_default="speaker")
    person_id = Id(load_default=None, allow_none=True)

    @post_load
    def leader(self, data: dict[str, Any], **_options: object) -> Leader:
        """The value."""
        return Leader(**data)


class _PlanFields(Strict):
    title = Line(required=True)
    kind = Line(required=True)
    occurrences = Many(fields.Nested(OccurrenceSchema))
    starts_at = Moment()
    ends_at = Moment()
    place = Line(load_default="")
    link = Line(load_default="")
    leaders = Many(fields.Nested(LeaderSchema), load_default=list)
    note = Line(load_default="")
    invited_schools = Ids(Id(), load_default=list)

    @validates_schema
    def once_or_several_times(self, data: dict[str, Any], **_options: object) -> None:
        """Times are told as `occurrences`, or, of a session that takes place once, as its own."""
        if "occurrences" not in data:
            missing = {name: [SENTENCES["required"]] for name in ("starts_at", "ends_at") if name not in data}
            if missing:
                raise ValidationError(missing)


class PlanSchema(_PlanFields):
    """What a session is to be."""

    @post_load
    def plan(self, data: dict[str, Any], **_options: object) -> Plan:
        """The plan; raises with all of its faults at once."""
        return plan_of(**data)


class Draft(NamedTuple):
    """A plan, for which region it is hosted (empty where who asks hosts for one only), and what it is part of."""

    plan: Plan
    host_region: str
    programme_id: UUID | None
    ordinal: int | None


class DraftSchema(_PlanFields):
    """What a session is to be, who hosts it (six digits of GB/T 2260) and what it is part of."""

    host_region = Line(load_default="")
    programme_id = Id(load_default=None, allow_none=True)
    ordinal = fields.Integer(load_default=None, allow_none=True, validate=Range(min=1, max=1_000))

    @post_load
    def draft(self, data: dict[str, Any], **_options: object) -> Draft:
        """The plan and the rest; raises with all of the plan's faults at once."""
        rest = {name: data.pop(name) for name in ("host_region", "programme_id", "ordinal")}
        return Draft(plan_of(**data), **rest)


class ReasonSchema(Strict):
    """Why a session is cancelled or postponed."""

    reason = Line(required=True)


class HoldingSchema(Strict):
    """Where what was recorded of a session can be watched, if it can."""

    recording = Line(load_default="")


class OverrideSchema(Strict):
    """Why something is to be although others have what it needs, if it is."""

    override = Line(load_default=None, allow_none=True)


class SwapSchema(OverrideSchema):
    """With which session another one exchanges its times and places."""

    other = Id(required=True)


class ShownOccurrenceSchema(Schema):
    """Once that a session takes place."""

    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    place = fields.String()
    link = fields.String()
    account = fields.String()


class ShownLeaderSchema(Schema):
    """Who hosts or speaks."""

    name = fields.String()
    role = fields.String()
    person_id = fields.UUID(allow_none=True)


class SessionSchema(Schema):
    """A session as its planners see it. starts_at, ends_at: from the first occurrence to the last.

    awaiting_schools: chosen, but not told before their region agrees; a PUT names them among the invited ones.
    """

    id = fields.UUID()
    version = fields.Integer()
    title = fields.String()
    kind = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    place = fields.String()
    link = fields.String()
    occurrences = fields.List(fields.Nested(ShownOccurrenceSchema))
    leaders = fields.List(fields.Nested(ShownLeaderSchema))
    note = fields.String()
    programme_id = fields.UUID(allow_none=True)
    ordinal = fields.Integer(allow_none=True)
    invited_schools = fields.List(fields.UUID())
    awaiting_schools = fields.List(fields.UUID())
    host_region = fields.String()
    state = fields.String()
    reason = fields.String()
    released_at = fields.AwareDateTime()
    postponed_at = fields.AwareDateTime()
    held_at = fields.AwareDateTime()
    recording = fields.String()
    closed_at = fields.AwareDateTime()
    cancelled_at = fields.AwareDateTime()


def plan_of(*, invited_schools: list[UUID], **said: Any) -> Plan:  # noqa: ANN401  what a schema has loaded
    """The plan that was told. Raises with all of its faults at once."""
    own = {name: said.pop(name) for name in ("starts_at", "ends_at", "place", "link") if name in said}
    times = said.pop("occurrences", None)
    plan = Plan(
        title=said["title"],
        kind=said["kind"],
        occurrences=tuple(times) if times is not None else (Occurrence(**own),),
        leaders=tuple(said["leaders"]),
        invited_schools=tuple(dict.fromkeys(invited_schools)),
        note=said["note"],
    )
    if faults := plan.faults():
        raise ValidationError({field: [sentence] for field, sentence in faults.items()})
    return plan
