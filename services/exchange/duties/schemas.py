"""Logs as JSON and as forms: shape only."""

from typing import Any

from marshmallow import Schema, fields, post_load

from services.exchange.duties.model import KINDS, VERBS
from services.exchange.duties.policies import Entry
from shared.web.spoken import SENTENCES, Id, Line, Spoken, Strict, Text, Whole, must


class Day(Spoken, fields.Date):
    """A day in ISO 8601."""


class EntrySchema(Strict):
    """What was done: its kind, the day, how many (of mentoring the hours), in words, and the session that it was."""

    kind = Line(required=True, validate=must(KINDS.__contains__, SENTENCES["invalid"]))
    done_on = Day(required=True)
    amount = Whole(load_default=1)
    text = Text(required=True)
    session_id = Id(load_default=None, allow_none=True)

    @post_load
    def entry(self, data: dict[str, Any], **_options: object) -> Entry:
        """The value."""
        return Entry(**data)


class AnswerSchema(Strict):
    """Confirm, decline with a reason, or withdraw."""

    verb = Line(required=True, validate=must(VERBS.__contains__, SENTENCES["invalid"]))
    reason = Text(load_default="")


class FileSchema(Schema):
    """A file beside an entry."""

    id = fields.UUID()
    name = fields.String()
    size = fields.Integer()


class DutySchema(Schema):
    """An entry of a log."""

    id = fields.UUID()
    kind = fields.String()
    done_on = fields.Date()
    amount = fields.Integer()
    text = fields.String()
    state = fields.String()
    reason = fields.String()
    party = fields.String()
    session_id = fields.UUID(allow_none=True)
    from_sheet = fields.Boolean()
    at = fields.AwareDateTime()
    files = fields.List(fields.Nested(FileSchema))


class ProgressSchema(Schema):
    """How far a placement is with one duty; target 0: nothing is agreed."""

    kind = fields.String()
    target = fields.Integer()
    confirmed = fields.Integer()
    claimed = fields.Integer()


class LogSchema(Schema):
    """A placement's log."""

    progress = fields.List(fields.Nested(ProgressSchema))
    duties = fields.List(fields.Nested(DutySchema))
