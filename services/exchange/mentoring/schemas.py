"""Communities as JSON and as forms: shape only."""

from typing import Any

from marshmallow import Schema, fields, post_load

from services.exchange.mentoring.policies import Plan
from shared.web.spoken import Id, Ids, Line, Spoken, Strict, Text, Whole


class Day(Spoken, fields.Date):
    """A day in ISO 8601."""


class GroupSchema(Strict):
    """A backbone teacher and whom they lead."""

    backbone = Id(required=True)
    members = Ids(Id(), load_default=list)


class PlanSchema(Strict):
    """A pair has members; a community has groups."""

    kind = Line(required=True)
    name = Line(required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    master = Id(required=True)
    members = Ids(Id(), load_default=list)
    groups = fields.List(fields.Nested(GroupSchema), load_default=list)

    @post_load
    def plan(self, data: dict[str, Any], **_options: object) -> Plan:
        """The value."""
        groups = tuple((each["backbone"], tuple(each["members"])) for each in data.pop("groups"))
        return Plan(**{**data, "members": tuple(data["members"]), "groups": groups})


class RevisedSchema(Strict):
    """A community as it is to be from now on. seen: the version that was looked at."""

    plan = fields.Nested(PlanSchema, required=True)
    seen = Whole(required=True)


class MeetingInSchema(Strict):
    """A meeting: when, about what, how long, and who was there."""

    held_on = Day(required=True)
    topic = Line(required=True)
    minutes = Whole(required=True)
    present = Ids(Id(), required=True)
    text = Text(load_default="")
    session_id = Id(load_default=None, allow_none=True)


class EndSchema(Strict):
    """Why it ends."""

    reason = Text(required=True)


class MeetingSchema(Schema):
    """A meeting as it was written down."""

    id = fields.UUID()
    held_on = fields.Date()
    topic = fields.String()
    text = fields.String()
    minutes = fields.Integer()
    present = fields.List(fields.String())
    session_id = fields.UUID(allow_none=True)


class MemberSchema(Schema):
    """Somebody in it; there: at how many meetings."""

    person_id = fields.UUID()
    name = fields.String()
    role = fields.String()
    led_by = fields.UUID(allow_none=True)
    there = fields.Integer()
    left_on = fields.Date(allow_none=True)


class CommunitySchema(Schema):
    """A pair or a community, with its people and meetings."""

    id = fields.UUID(attribute="community.id")
    kind = fields.String(attribute="community.kind")
    name = fields.String(attribute="community.name")
    region_code = fields.String(attribute="community.region_code")
    starts_on = fields.Date(attribute="community.starts_on")
    ends_on = fields.Date(attribute="community.ends_on")
    ended_on = fields.Date(attribute="community.ended_on", allow_none=True)
    version = fields.Integer(attribute="community.version")
    members = fields.List(fields.Nested(MemberSchema))
    former = fields.List(fields.Nested(MemberSchema))
    meetings = fields.List(fields.Nested(MeetingSchema))
