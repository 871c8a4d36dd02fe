"""Agreements as a browser's form sends them: shape only; what terms may be is for `Terms` to say."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError, fields
from werkzeug.datastructures import MultiDict

from services.exchange.agreements.model import TARGETS, Dimension, Line, Terms
from services.exchange.placements.model import KINDS
from shared.text import Sentence
from shared.web.spoken import SENTENCES, Spoken, Strict, Text, must
from shared.web.spoken import Line as Words

_WEIGHED = re.compile(r"(?P<name>.+?)\s*[:：]?\s*(?P<weight>\d{1,3})\s*[%％分]?")
#: How a party is written.
PARTY = re.compile(r"region:\d{6}|(group|school):[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: People of one line.
_MOST_PEOPLE = 1_000
#: Schools that are looked up for one form.
_MOST_SCHOOLS = 20
_LINE = ("line_kind", "line_stage", "line_subject", "line_number", "line_until")


class Day(Spoken, fields.Date):
    """A day in ISO 8601."""


class Count(Spoken, fields.Integer):
    """A whole number."""


class TermsSchema(Strict):
    """What terms are but for their lists."""

    title = Words(required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    criteria = Text(load_default="")
    home_duties = Text(load_default="")
    host_duties = Text(load_default="")
    dimensions = Text(load_default="")
    notice_days = Count(load_default=30)


class AnswerSchema(Strict):
    """An answer to exactly one content."""

    number = Count(required=True)
    sha256 = Words(required=True)
    answer = Words(required=True)
    reason = Text(load_default="")


class ActSchema(Strict):
    """A step, with why and when where that matters."""

    verb = Words(required=True)
    reason = Text(load_default="")
    on = Day(load_default=None, allow_none=True)
    line = Count(load_default=None, allow_none=True)
    number = Count(
        load_default=None,
        allow_none=True,
        validate=must(
            lambda number: 1 <= number <= _MOST_PEOPLE,
            Sentence(zh="人数是 1 到 1000。", en="A number of people is from 1 to 1000."),
        ),
    )
    seen = Count(load_default=None, allow_none=True)


def parties_in(form: MultiDict[str, str]) -> list[str]:
    """The parties that were chosen, each once; what is none is left out."""
    return list(dict.fromkeys(said for said in form.getlist("parties") if PARTY.fullmatch(said)))


def schools_in(form: MultiDict[str, str]) -> list[str]:
    """Names or codes of schools, one a line, each once."""
    lines = (" ".join(line.split()) for line in form.get("schools", "").splitlines())
    return list(dict.fromkeys(line for line in lines if line))[:_MOST_SCHOOLS]


def lines_in(form: MultiDict[str, str]) -> list[dict[str, str]]:
    """The lines as they were typed; those without a number and a subject are left out."""
    columns = [form.getlist(name) for name in _LINE]
    count = max(map(len, columns), default=0)
    rows = [
        {name: column[row] if row < len(column) else "" for name, column in zip(_LINE, columns, strict=True)}
        for row in range(count)
    ]
    return [row for row in rows if row["line_number"].strip()]


def terms_in(form: MultiDict[str, str]) -> Terms:
    """What a form says. Raises ValidationError with every fault that it finds."""
    faults: dict[str, Any] = {}
    plain = {name: form[name] for name in TermsSchema().fields if form.get(name)}
    try:
        said: dict[str, Any] = TermsSchema().load(plain)
    except ValidationError as error:
        raise ValidationError(error.normalized_messages()) from error  # type: ignore[no-untyped-call]
    dimensions = _dimensions(said["dimensions"], faults)
    lines = _lines(lines_in(form), faults)
    targets = {
        kind: int(number)
        for kind in TARGETS
        if (number := form.get(f"target_{kind}", "").strip()).isdigit() and int(number)
    }
    subsidies = _subsidies(form, faults)
    terms = Terms(
        title=said["title"],
        starts_on=said["starts_on"],
        ends_on=said["ends_on"],
        lines=tuple(lines),
        criteria=_each(said["criteria"]),
        home_duties=_each(said["home_duties"]),
        host_duties=_each(said["host_duties"]),
        targets=targets,
        dimensions=tuple(dimensions),
        subsidies=subsidies,
        notice_days=said["notice_days"],
    )
    faults = {**{name: [sentence] for name, sentence in terms.faults().items()}, **faults}
    if faults:
        raise ValidationError(faults)
    return terms


def _each(text: str) -> tuple[str, ...]:
    return tuple(line for line in text.split("\n") if line)


def _lines(rows: Sequence[dict[str, str]], faults: dict[str, Any]) -> list[Line]:
    found: list[Line] = []
    for row in rows:
        number, until = row["line_number"].strip(), row["line_until"].strip()
        try:
            day = date.fromisoformat(until) if until else None
        except ValueError:
            faults["lines"] = [SENTENCES["invalid"]]
            continue
        found.append(
            Line(
                kind=row["line_kind"],
                stage=row["line_stage"],
                subject=" ".join(row["line_subject"].split())[:50],
                number=int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 0,  # noqa: PLR2004  no more
                until=day,
            )
        )
    return found


def _dimensions(text: str, faults: dict[str, Any]) -> list[Dimension]:
    """One a line, as in 教学实绩 40."""
    found: list[Dimension] = []
    for line in _each(text):
        match = _WEIGHED.fullmatch(line)
        if match is None:
            faults["dimensions"] = [
                Sentence(
                    zh=f"“{line[:40]}”没有写权重，例如“教学实绩 40”。",
                    en=f"“{line[:40]}” has no weight, as in “Teaching 40”.",
                )
            ]
            continue
        found.append(Dimension(name=match["name"], weight=int(match["weight"])))
    return found


def _subsidies(form: MultiDict[str, str], faults: dict[str, Any]) -> dict[str, int]:
    """Yuan, as people write them, as fen."""
    found: dict[str, int] = {}
    for kind in KINDS:
        typed = form.get(f"subsidy_{kind}", "").strip().replace(",", "").replace("，", "")
        if not typed:
            continue
        try:
            fen = Decimal(typed) * 100
        except InvalidOperation:
            fen = Decimal("NaN")
        if not fen.is_finite() or fen != fen.to_integral_value() or not 0 <= fen <= 10**9:
            faults["subsidies"] = [
                Sentence(zh="补助填元，最多两位小数。", en="A subsidy is in yuan, with two decimals at most.")
            ]
            continue
        if fen:
            found[kind] = int(fen)
    return found
