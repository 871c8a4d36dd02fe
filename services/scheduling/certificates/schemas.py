"""The shape of certificates in JSON."""

from marshmallow import Schema, fields

from shared.web.spoken import Id, Ids, Line, Strict


class IssueSchema(Strict):
    """Who of the roster gets a certificate."""

    trainees = Ids(Id(), required=True)


class RevocationSchema(Strict):
    """Why one holds no more."""

    reason = Line(required=True)


class RecordSchema(Schema):
    """Somebody on the roster. why_not: why they get no certificate now, if so; number, code: of the one that they have."""

    trainee_id = fields.UUID()
    person_id = fields.UUID(allow_none=True)
    name = fields.String()
    unit = fields.String()
    attended = fields.Integer()
    held = fields.Integer()
    why_not = fields.String(allow_none=True)
    certificate_id = fields.UUID(allow_none=True)
    number = fields.String()
    code = fields.String()


class CertificateSchema(Schema):
    """A certificate as those see it who issue it."""

    id = fields.UUID()
    version = fields.Integer()
    number = fields.String()
    code = fields.String()
    trainee_id = fields.UUID()
    name = fields.String()
    unit = fields.String()
    title = fields.String()
    hours = fields.String()
    issuer = fields.String()
    begins_on = fields.Date()
    ends_on = fields.Date()
    issued_at = fields.AwareDateTime()
    revoked_at = fields.AwareDateTime(allow_none=True)
    reason = fields.String()


class VerifiedSchema(Schema):
    """A certificate as anybody sees it who has its code: the name in part. Of a revoked one only that it is."""

    number = fields.String()
    valid = fields.Boolean()
    name = fields.String()
    title = fields.String()
    hours = fields.String()
    issuer = fields.String()
    begins_on = fields.Date()
    ends_on = fields.Date()
