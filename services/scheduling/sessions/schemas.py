"""The shape of sessions as JSON and as forms: shape only; what a plan may be is for `Plan` to say."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Range
from werkzeug.datastructures import MultiDict

from services.scheduling.plans.model import ZONE, Leader, Occurrence, Plan
from shared.text import Sentence
from shared.web.spoken import SENTENCES, Id, Ids, Line, Many, Moment, Strict, sentences


class OccurrenceSchema(Strict):
    """Once that a session takes place."""

    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    place = Line(load_default="")
    link = Line(load_default="")
    account = Line(load_default="")

    @post_load
    def occurrence(self, data: dict[str, Any], **_options: object) -> Occurrence:
        """The value."""
        return Occurrence(**data)


class LeaderSchema(Strict):
    """Who hosts or speaks; without `person_id` the name is only written, and nobody's time is taken."""

    name = Line(required=True)
    role = Line(load_default="speaker")
    person_id = Id(load_default=None, allow_none=True)

    @post_load
    def leader(self, data: dict[str, Any], **_options: object) -> Leader:
        """The value."""
        return Leader(**data)


class _PlanFields(Strict):
    title = Line(required=True)
    kind = Line(required=True)
    occurrences = Many(fields.Nested(OccurrenceSchema))
    starts_at = Moment()
    ends_at = Moment()
    place = Line(load_default="")
    link = Line(load_default="")
    leaders = Many(fields.Nested(LeaderSchema), load_default=list)
    note = Line(load_default="")
    invited_schools = Ids(Id(), load_default=list)

    @validates_schema
    def once_or_several_times(self, data: dict[str, Any], **_options: object) -> None:
        """Times are told as `occurrences`, or, of a session that takes place once, as its own."""
        if "occurrences" not in data:
            missing = {name: [SENTENCES["required"]] for name in ("starts_at", "ends_at") if name not in data}
            if missing:
                raise ValidationError(missing)


class PlanSchema(_PlanFields):
    """What a session is to be."""

    @post_load
    def plan(self, data: dict[str, Any], **_options: object) -> Plan:
        """The plan; raises with all of its faults at once."""
        return plan_of(**data)


class Draft(NamedTuple):
    """A plan, for which region it is hosted (empty where who asks hosts for one only), and what it is part of."""

    plan: Plan
    host_region: str
    programme_id: UUID | None
    ordinal: int | None


class DraftSchema(_PlanFields):
    """What a session is to be, who hosts it (six digits of GB/T 2260) and what it is part of."""

    host_region = Line(load_default="")
    programme_id = Id(load_default=None, allow_none=True)
    ordinal = fields.Integer(load_default=None, allow_none=True, validate=Range(min=1, max=1_000))

    @post_load
    def draft(self, data: dict[str, Any], **_options: object) -> Draft:
        """The plan and the rest; raises with all of the plan's faults at once."""
        rest = {name: data.pop(name) for name in ("host_region", "programme_id", "ordinal")}
        return Draft(plan_of(**data), **rest)


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


class ReasonSchema(Strict):
    """Why a session is cancelled or postponed."""

    reason = Line(required=True)


class OverrideSchema(Strict):
    """Why something is to be although others have what it needs, if it is."""

    override = Line(load_default=None, allow_none=True)


class SwapSchema(OverrideSchema):
    """With which session another one exchanges its times and places."""

    other = Id(required=True)


class ShownOccurrenceSchema(Schema):
    """Once that a session takes place."""

    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    place = fields.String()
    link = fields.String()
    account = fields.String()


class ShownLeaderSchema(Schema):
    """Who hosts or speaks."""

    name = fields.String()
    role = fields.String()
    person_id = fields.UUID(allow_none=True)


class SessionSchema(Schema):
    """A session as its planners see it. starts_at, ends_at: from the first occurrence to the last."""

    id = fields.UUID()
    version = fields.Integer()
    title = fields.String()
    kind = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    place = fields.String()
    link = fields.String()
    occurrences = fields.List(fields.Nested(ShownOccurrenceSchema))
    leaders = fields.List(fields.Nested(ShownLeaderSchema))
    note = fields.String()
    programme_id = fields.UUID(allow_none=True)
    ordinal = fields.Integer(allow_none=True)
    invited_schools = fields.List(fields.UUID())
    host_region = fields.String()
    state = fields.String()
    reason = fields.String()
    released_at = fields.AwareDateTime()
    postponed_at = fields.AwareDateTime()
    held_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime()
    cancelled_at = fields.AwareDateTime()


def plan_of(*, invited_schools: list[UUID], **said: Any) -> Plan:  # noqa: ANN401  what a schema has loaded
    """The plan that was told. Raises with all of its faults at once."""
    own = {name: said.pop(name) for name in ("starts_at", "ends_at", "place", "link") if name in said}
    times = said.pop("occurrences", None)
    plan = Plan(
        title=said["title"],
        kind=said["kind"],
        occurrences=tuple(times) if times is not None else (Occurrence(**own),),
        leaders=tuple(said["leaders"]),
        invited_schools=tuple(dict.fromkeys(invited_schools)),
        note=said["note"],
    )
    if faults := plan.faults():
        raise ValidationError({field: [sentence] for field, sentence in faults.items()})
    return plan
