"""The shape of inboxes as JSON."""

from marshmallow import Schema, fields


class PageSchema(Schema):
    """Which stretch is asked for."""

    before = fields.UUID(load_default=None)


class SchoolSchema(Schema):
    """A school that was told."""

    id = fields.UUID()
    name = fields.String()
    name_en = fields.String()
    region_name = fields.String()
    read_at = fields.AwareDateTime()


class NoticeSentenceSchema(Schema):
    """What is said, in both languages."""

    zh = fields.String()
    en = fields.String()


class NoticeSchema(Schema):
    """A notice as its reader sees it."""

    id = fields.UUID()
    kind = fields.String()
    told_at = fields.AwareDateTime()
    happened_at = fields.AwareDateTime()
    session_id = fields.UUID()
    title = fields.String()
    session_kind = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    place = fields.String()
    link = fields.String()
    reason = fields.String()
    cancelled = fields.Boolean()
    unread = fields.Boolean()
    archived = fields.Boolean()
    sentence = fields.Nested(NoticeSentenceSchema, allow_none=True)
    href = fields.String()
    schools = fields.List(fields.Nested(SchoolSchema))


class InboxSchema(Schema):
    """A stretch of it; `older` is what to ask `before` for the next one."""

    notices = fields.List(fields.Nested(NoticeSchema))
    older = fields.UUID()
