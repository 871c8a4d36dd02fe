"""Kinds as a browser's form sends them."""

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
