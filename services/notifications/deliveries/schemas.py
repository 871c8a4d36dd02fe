"""The shape of the log as JSON, and of what is asked of it."""

from marshmallow import Schema, fields, validate


class SentenceSchema(Schema):
    """A sentence in both languages."""

    zh = fields.String()
    en = fields.String()


class AskedSchema(Schema):
    """Which deliveries are asked for."""

    state = fields.String(load_default="", validate=validate.Length(max=20))
    kind = fields.String(load_default="", validate=validate.Length(max=20))
    q = fields.String(load_default="", validate=validate.Length(max=64))
    notice = fields.UUID(load_default=None)
    page = fields.Integer(load_default=1, validate=validate.Range(1, 400))


class DeliverySchema(Schema):
    """A delivery."""

    id = fields.UUID()
    notice_id = fields.UUID()
    recipient = fields.String()
    subject = fields.Nested(SentenceSchema)
    class_name = fields.String(data_key="class")
    kind = fields.String()
    channel_id = fields.UUID()
    state = fields.String()
    reason = fields.String()
    layer = fields.String()
    attempts = fields.Integer()
    queued_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime()
    done_at = fields.AwareDateTime()


class LogSchema(Schema):
    """A page of them; total: at most ten thousand are counted."""

    rows = fields.List(fields.Nested(DeliverySchema), data_key="deliveries")
    total = fields.Integer()


class AttemptSchema(Schema):
    """One try."""

    number = fields.Integer()
    began_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime()
    outcome = fields.String()
    code = fields.String()
    answer = fields.String()
    next_at = fields.AwareDateTime()
