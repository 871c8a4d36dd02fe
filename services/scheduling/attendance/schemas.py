"""The shape of what doors are asked with."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load

from services.scheduling.attendance.commands.arriving import Shown
from services.scheduling.attendance.model import STATES
from shared.text import Sentence
from shared.web.spoken import Id, Line, Many, Moment, Strict

_NO_STATE = Sentence(
    zh="考勤状态只能是 present、late、absent 或 excused。",
    en="The state is one of present, late, absent and excused.",
)


class DoorForm(Strict):
    """Which occurrence: its start."""

    class Meta:
        """A form may carry fields of its own beside."""

        unknown = EXCLUDE

    starts_at = Moment(required=True)


class ArrivalForm(Strict):
    """A code, and who shows it: the account, or a name with four digits. scanned_at, ticket: of a scan that was kept."""

    class Meta:
        """A form may carry fields of its own beside."""

        unknown = EXCLUDE

    code = Line(load_default="")
    typed = Line(load_default="")
    name = Line(load_default="")
    digits = Line(load_default="")
    ticket = Line(load_default="")
    scanned_at = Moment(load_default=None, allow_none=True)

    @post_load
    def shown(self, data: dict[str, Any], **_options: object) -> tuple[Shown, str, str]:
        """The code as it was shown, the name and the digits."""
        shown = Shown(
            code=(data["typed"] or data["code"]).lower(),
            how="code" if data["typed"] else "scan",
            scanned_at=data["scanned_at"],
            carried=data["ticket"],
        )
        return shown, data["name"], data["digits"].upper()


def _is_state(said: str) -> None:
    if said not in STATES:
        raise ValidationError([_NO_STATE])


class AttendanceEntrySchema(Strict):
    """What somebody on a list was."""

    participant_id = Id(required=True)
    state = Line(required=True, validate=_is_state)


class AttendanceListSchema(Strict):
    """Entries of a list, and why they are corrected, if somebody says."""

    entries = Many(fields.Nested(AttendanceEntrySchema), required=True)
    reason = Line(load_default="")


class ShownDoorSchema(Schema):
    """Checking in to one occurrence. open: whether codes are accepted."""

    id = fields.UUID()
    version = fields.Integer()
    session_id = fields.UUID()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    open = fields.Boolean()
    opened_at = fields.AwareDateTime()


class ShownPresenceSchema(Schema):
    """What is recorded of somebody."""

    id = fields.UUID()
    version = fields.Integer()
    state = fields.String()
    how = fields.String()
    minutes = fields.Integer()
    arrived_at = fields.AwareDateTime(allow_none=True)
    recorded_at = fields.AwareDateTime()
    recorded_by = fields.String()


class ShownLineSchema(Schema):
    """Somebody on a list; without `presence` nothing is recorded of them yet."""

    participant_id = fields.UUID(attribute="id")
    name = fields.String()
    unit = fields.String()
    school_id = fields.UUID(allow_none=True)
    presence = fields.Nested(ShownPresenceSchema, allow_none=True)
    corrected = fields.Integer()


class ShownCorrectionSchema(Schema):
    """Something that was changed afterwards: from what, to what, by whom, when and why."""

    was = fields.String()
    now = fields.String()
    reason = fields.String()
    by = fields.String()
    at = fields.AwareDateTime()
