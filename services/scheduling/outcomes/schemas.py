"""The shape of outcomes in JSON and in forms."""

from marshmallow import EXCLUDE, Schema, fields

from shared.web.spoken import Id, Ids, Line, Text, Whole


class HandInSchema(Schema):
    """What is handed in. seen: the version that it was filled in over; 0 for nothing yet."""

    class Meta:
        """A form may carry fields of its own beside."""

        unknown = EXCLUDE

    text = Text(load_default="")
    link = Line(load_default="")
    seen = Whole(load_default=None, allow_none=True)


class AcceptanceSchema(Schema):
    """Whose outcomes are accepted."""

    class Meta:
        """A form may carry fields of its own beside."""

        unknown = EXCLUDE

    trainees = Ids(Id(), load_default=list)


class ReturnSchema(Schema):
    """Why an outcome is handed back."""

    class Meta:
        """A form may carry fields of its own beside."""

        unknown = EXCLUDE

    reason = Line(load_default="")


class OutcomeSchema(Schema):
    """What somebody on a roster has handed in. state: `missing`, `handed_in`, `accepted` or `returned`, with its reason."""

    trainee_id = fields.UUID()
    person_id = fields.UUID(allow_none=True)
    name = fields.String()
    unit = fields.String()
    version = fields.Integer()
    state = fields.String()
    text = fields.String()
    link = fields.String()
    reason = fields.String()
    handed_in_at = fields.AwareDateTime(allow_none=True)
    judged_at = fields.AwareDateTime(allow_none=True)
