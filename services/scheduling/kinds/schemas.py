"""Kinds as a browser's form sends them, and as JSON."""

from marshmallow import Schema, fields

from shared.web.spoken import Line, Strict


class KindForm(Strict):
    """A kind's key and names."""

    key = Line(required=True)
    zh = Line(required=True)
    en = Line(required=True)


class NamesForm(Strict):
    """What a kind is to be called."""

    zh = Line(required=True)
    en = Line(required=True)


class SessionKindSchema(Schema):
    """A kind. retired_at: since when it is chosen no more; null while it is."""

    key = fields.String()
    zh = fields.String()
    en = fields.String()
    retired_at = fields.AwareDateTime(allow_none=True)
