"""Who is named, as JSON and as forms send it."""

from marshmallow import Schema, fields

from shared.web.spoken import Id, Ids, Line, Strict


class NamingSchema(Strict):
    """Who comes; override: why the host wants somebody who is busy then all the same."""

    people = Ids(Id(), required=True)
    override = Line(load_default=None, allow_none=True)


class DecliningSchema(Strict):
    """Why nobody comes."""

    reason = Line(required=True)


class SchoolAnswerSchema(Schema):
    """What a school is asked and has said; inside, waiting: how many of its people take part, and wait."""

    id = fields.UUID()
    version = fields.Integer()
    enrolment_id = fields.UUID()
    school_id = fields.UUID()
    school = fields.String()
    state = fields.String()
    reason = fields.String()
    answered_at = fields.AwareDateTime(allow_none=True)
    inside = fields.Integer()
    waiting = fields.Integer()


class NamedSchema(Schema):
    """Somebody who was named; rank: where among those who wait, 0 for all others."""

    id = fields.UUID()
    person_id = fields.UUID()
    name = fields.String()
    state = fields.String()
    rank = fields.Integer()
    named_at = fields.AwareDateTime()


class AskedSchema(Schema):
    """What a school is asked, and whom it has named."""

    answer = fields.Nested(SchoolAnswerSchema)
    title = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    deadline = fields.AwareDateTime(allow_none=True)
    school_places = fields.Integer(allow_none=True)
    people = fields.List(fields.Nested(NamedSchema))
