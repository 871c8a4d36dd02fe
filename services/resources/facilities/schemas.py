"""The shape of what is said of a facility."""

import re

from marshmallow import EXCLUDE, Schema, fields

from services.resources.facilities.model.facility import APPROVALS, KINDS, Terms
from shared.text import Sentence
from shared.web.spoken import Id, Line, Many, Strict, Text, Whole, must

_CHOOSE = Sentence(zh="请从所列的选项中选择。", en="Choose one of those that are offered.")
_NAME = Sentence(zh="请填写名称，最多 60 个字。", en="Give it a name, of at most 60 characters.")
_MINUTES = Sentence(zh="请填 0 到 1440 的整数。", en="A whole number from 0 to 1440.")
_WHOM = Sentence(
    zh="写成 all、region:632800、group:编号 或 school:编号。",
    en="As all, region:632800, group:ID or school:ID.",
)
_AUDIENCE = re.compile(r"all|region:\d{6}|(group|school):[0-9a-f-]{36}")
_DAYS = frozenset("0123456")
_COUNT = Sentence(zh="请填 0 到 5000 的整数。", en="A whole number from 0 to 5000.")


class FacilitySchema(Strict):
    """The form of a facility; hours_0 to hours_6 from Monday to Sunday."""

    class Meta:
        """marshmallow's place for options."""

        unknown = EXCLUDE

    school_id = Id(required=True)
    name = Line(required=True, validate=must(re.compile(".{1,60}").fullmatch, _NAME))
    kind = Line(required=True, validate=must(KINDS.__contains__, _CHOOSE))
    capacity = Whole(load_default=0, validate=must(range(5001).__contains__, _COUNT))
    equipment = Line(load_default="")
    closed_days = Line(load_default="")
    audience = Line(load_default="region")
    approval = Line(load_default="owner", validate=must(APPROVALS.__contains__, _CHOOSE))
    lead_hours = Whole(load_default=0, validate=must(range(5001).__contains__, _COUNT))
    no_show_minutes = Whole(load_default=0, validate=must(range(1441).__contains__, _MINUTES))
    note = Text(load_default="")
    hours_0 = Line(load_default="")
    hours_1 = Line(load_default="")
    hours_2 = Line(load_default="")
    hours_3 = Line(load_default="")
    hours_4 = Line(load_default="")
    hours_5 = Line(load_default="")
    hours_6 = Line(load_default="")


def terms_of(said: dict[str, str], *, audiences: tuple[str, ...]) -> Terms:
    """The terms that a form says."""
    return Terms(
        name=said["name"],
        kind=said["kind"],
        capacity=int(said["capacity"]),
        equipment=tuple(said["equipment"].replace("、", " ").replace("，", " ").split()),
        hours={str(day): said[f"hours_{day}"] for day in range(7) if said[f"hours_{day}"]},
        closed_days=tuple(said["closed_days"].replace("、", " ").replace("，", " ").split()),
        audiences=audiences,
        approval=said["approval"],
        lead_hours=int(said["lead_hours"]),
        no_show_minutes=int(said["no_show_minutes"]),
        note=said["note"],
    )


class RevisingSchema(Strict):
    """The terms of a facility, as `Terms` says them: hours by weekday, "0" for Monday, as `08:00-18:00`."""

    name = Line(required=True, validate=must(re.compile(".{1,60}").fullmatch, _NAME))
    kind = Line(required=True, validate=must(KINDS.__contains__, _CHOOSE))
    capacity = Whole(load_default=0, validate=must(range(5001).__contains__, _COUNT))
    equipment = Many(Line(), load_default=list)
    hours = fields.Dict(keys=Line(validate=must(_DAYS.__contains__, _CHOOSE)), values=Line(), required=True)
    closed_days = Many(Line(), load_default=list)
    audiences = Many(Line(validate=must(_AUDIENCE.fullmatch, _WHOM)), required=True)
    approval = Line(load_default="owner", validate=must(APPROVALS.__contains__, _CHOOSE))
    border = fields.Boolean(load_default=True)
    lead_hours = Whole(load_default=0, validate=must(range(5001).__contains__, _COUNT))
    no_show_minutes = Whole(load_default=0, validate=must(range(1441).__contains__, _MINUTES))
    note = Text(load_default="")


class EnteringSchema(RevisingSchema):
    """A new facility: whose it is, and its terms."""

    school_id = Id(required=True)


class RetiringSchema(Strict):
    """Why it is lent no more."""

    reason = Text(required=True)


class FacilityShownSchema(Schema):
    """A facility as everybody sees it who may borrow it."""

    id = fields.UUID()
    version = fields.Integer()
    school_id = fields.UUID()
    region_code = fields.String()
    name = fields.String()
    kind = fields.String()
    capacity = fields.Integer()
    equipment = fields.List(fields.String())
    hours = fields.Dict(keys=fields.String(), values=fields.String())
    closed_days = fields.List(fields.String())
    audiences = fields.List(fields.String())
    approval = fields.String()
    border = fields.Boolean()
    lead_hours = fields.Integer()
    no_show_minutes = fields.Integer()
    note = fields.String()
    retired = fields.Boolean()
    retired_reason = fields.String()
