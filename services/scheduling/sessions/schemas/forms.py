"""Sessions as a browser's form sends them."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from services.scheduling.plans.model import ZONE, Leader, Occurrence
from services.scheduling.sessions.schemas.shapes import Draft, OccurrenceSchema, plan_of
from shared.text import Sentence
from shared.web.spoken import Id, Ids, Line, Moment, Strict, sentences

#: What the form calls its fields.
NAMES: Mapping[str, Sentence] = {
    "title": Sentence(zh="活动名称", en="Title"),
    "kind": Sentence(zh="活动类型", en="Kind"),
    "host_region": Sentence(zh="主办区域", en="Hosted for"),
    "starts_at": Sentence(zh="开始时间", en="Starts"),
    "ends_at": Sentence(zh="结束时间", en="Ends"),
    "place": Sentence(zh="地点", en="Place"),
    "link": Sentence(zh="线上链接", en="Online link"),
    "account": Sentence(zh="线上账号", en="Online account"),
    "hosts": Sentence(zh="主持", en="Chaired by"),
    "speakers": Sentence(zh="主讲", en="Speakers"),
    "note": Sentence(zh="备注", en="Note"),
    "invited_schools": Sentence(zh="邀请的学校", en="Schools to invite"),
}

#: What a browser's `datetime-local` reads and sends.
LOCAL = "%Y-%m-%dT%H:%M"

_TIMES = ("starts_at", "ends_at", "place", "link", "account")
_BETWEEN_NAMES = re.compile(r"[、，,;；\n]+")


def rows_of(form: MultiDict[str, str]) -> list[dict[str, str]]:
    """The occurrences as they were typed; rows without anything in them are left out, but for the first."""
    columns = [form.getlist(name) for name in _TIMES]
    count = max(1, *map(len, columns))
    rows = [
        {name: column[row] if row < len(column) else "" for name, column in zip(_TIMES, columns, strict=True)}
        for row in range(count)
    ]
    return [row for number, row in enumerate(rows) if number == 0 or any(row.values())]


def asked_by(form: MultiDict[str, str]) -> Draft:
    """What a browser's form asks for; its times are on the reader's clock and say no zone.

    Raises ValidationError: of the second occurrence the fields are called `starts_at-2` and so on.
    """
    faults: dict[str, Any] = {}
    times: list[Occurrence] = []
    for number, row in enumerate(rows_of(form), start=1):
        try:
            times.append(_FormOccurrence().load(row))
        except ValidationError as error:
            end = "" if number == 1 else f"-{number}"
            faults |= {f"{field}{end}": [said] for field, said in sentences(error).items()}
    rest = {name: form[name] for name in ("title", "kind", "note", "host_region") if name in form}
    try:
        asked: dict[str, Any] = _FormRest().load(
            {
                **rest,
                "programme_id": form.get("programme_id") or None,
                "invited_schools": form.getlist("invited_schools"),
            }
        )
    except ValidationError as error:
        faults |= {field: [said] for field, said in sentences(error).items()}
        asked = {}
    if faults:
        raise ValidationError(faults)
    plan = plan_of(
        **{name: asked[name] for name in ("title", "kind", "note", "invited_schools")},
        occurrences=times,
        leaders=_leaders(form),
    )
    return Draft(plan, asked["host_region"], asked["programme_id"], None)


class _FormOccurrence(OccurrenceSchema):
    starts_at = Moment(required=True, default_timezone=ZONE)
    ends_at = Moment(required=True, default_timezone=ZONE)


class _FormRest(Strict):
    title = Line(required=True)
    kind = Line(required=True)
    note = Line(load_default="")
    host_region = Line(load_default="")
    programme_id = Id(load_default=None, allow_none=True)
    invited_schools = Ids(Id(), load_default=list)


def _leaders(form: MultiDict[str, str]) -> list[Leader]:
    """Who was named; `chosen` holds `role|id|name` of those who were chosen before, and stays where the name does."""
    chosen: dict[tuple[str, str], UUID] = {}
    for said in form.getlist("chosen"):
        role, _, rest = said.partition("|")
        id_, _, name = rest.partition("|")
        try:
            chosen[role, name] = UUID(id_)
        except ValueError:
            continue
    found: list[Leader] = []
    for role, field in (("host", "hosts"), ("speaker", "speakers")):
        names = [" ".join(name.split()) for name in _BETWEEN_NAMES.split(form.get(field, ""))]
        found += [
            Leader(
                name=name, role="host" if role == "host" else "speaker", person_id=chosen.get((role, name))
            )
            for name in dict.fromkeys(names)
            if name
        ]
    return found
