"""Invitations as JSON and as forms send them."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, pre_load

from services.scheduling.plans.model import ZONE
from shared.text import Sentence
from shared.web.spoken import Id, Ids, Line, Moment, Strict, Whole

#: What forms call their fields.
NAMES: Mapping[str, Sentence] = {
    "places": Sentence(zh="名额", en="Places"),
    "school_places": Sentence(zh="每校名额", en="Places of each school"),
    "deadline": Sentence(zh="报名截止", en="Deadline"),
    "schools": Sentence(zh="学校", en="Schools"),
    "scope": Sentence(zh="区域或集团", en="Region or group"),
    "note": Sentence(zh="附言", en="Note"),
    "reason": Sentence(zh="原因", en="Reason"),
    "people": Sentence(zh="人员", en="People"),
}


class _Blank(Strict):
    """What a form leaves empty is not said."""

    @pre_load
    def without_blanks(self, data: Any, **_options: object) -> Any:  # noqa: ANN401  whatever was sent
        """Empty texts become nothing."""
        if not isinstance(data, Mapping):
            return data
        return {name: None if value == "" else value for name, value in data.items()}


class LimitSchema(_Blank):
    """How many may take part in all, and until when schools may answer."""

    places = Whole(load_default=None, allow_none=True)
    deadline = Moment(load_default=None, allow_none=True)


class LocalLimitSchema(_Blank):
    """The same from a browser, whose times are on the clock that people here plan by."""

    places = Whole(load_default=None, allow_none=True)
    deadline = Moment(load_default=None, allow_none=True, default_timezone=ZONE)


class QuotaSchema(_Blank):
    """How many may come by an invitation, and of each of its schools."""

    places = Whole(load_default=None, allow_none=True)
    school_places = Whole(load_default=None, allow_none=True)


class InviteSchema(QuotaSchema):
    """Whom to invite: `schools` by their ids, or a `scope` as `region:520502` or `group:ID`; and a note to the other side."""

    schools = Ids(Id(), load_default=list)
    scope = Line(load_default=None, allow_none=True)
    note = Line(load_default=None, allow_none=True)


class RefusalSchema(Strict):
    """Why something is refused or withdrawn."""

    reason = Line(required=True)


class InvitationSchema(Schema):
    """An invitation of one side, with how far it is answered."""

    id = fields.UUID()
    version = fields.Integer()
    enrolment_id = fields.UUID()
    host_region = fields.String()
    region_code = fields.String()
    region = fields.String()
    whom = fields.String()
    crosses = fields.Boolean()
    state = fields.String()
    note = fields.String()
    reason = fields.String()
    places = fields.Integer(allow_none=True)
    school_places = fields.Integer(allow_none=True)
    opened_at = fields.AwareDateTime()
    answered_at = fields.AwareDateTime(allow_none=True)
    schools = fields.Integer()
    answered = fields.Integer()
    inside = fields.Integer()
    waiting = fields.Integer()


class AnswerSchema(Schema):
    """An invited school and what it has said; inside, waiting: how many of its people take part, and wait."""

    id = fields.UUID()
    version = fields.Integer()
    invitation_id = fields.UUID()
    school_id = fields.UUID()
    school = fields.String()
    region = fields.String()
    state = fields.String()
    reason = fields.String()
    answered_at = fields.AwareDateTime(allow_none=True)
    inside = fields.Integer()
    waiting = fields.Integer()


class PlaceSchema(Schema):
    """Somebody who was named; rank: where among those who wait, 0 for all others."""

    id = fields.UUID()
    person_id = fields.UUID()
    school_id = fields.UUID()
    name = fields.String()
    state = fields.String()
    rank = fields.Integer()
    named_at = fields.AwareDateTime()


class OverviewSchema(Schema):
    """How far a session or a programme is filled."""

    version = fields.Integer()
    places = fields.Integer(allow_none=True)
    deadline = fields.AwareDateTime(allow_none=True)
    invitations = fields.List(fields.Nested(InvitationSchema))
    answers = fields.List(fields.Nested(AnswerSchema))
    people = fields.List(fields.Nested(PlaceSchema))
