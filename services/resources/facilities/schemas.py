"""The shape of what is said of a facility."""

import re

from marshmallow import EXCLUDE

from services.resources.facilities.model.facility import APPROVALS, KINDS, Terms
from shared.text import Sentence
from shared.web.spoken import Id, Line, Strict, Text, Whole, must

_CHOOSE = Sentence(zh="请从所列的选项中选择。", en="Choose one of those that are offered.")
_NAME = Sentence(zh="请填写名称，最多 60 个字。", en="Give it a name, of at most 60 characters.")
_MINUTES = Sentence(zh="请填 0 到 1440 的整数。", en="A whole number from 0 to 1440.")
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
