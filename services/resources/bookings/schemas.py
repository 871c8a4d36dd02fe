"""The shape of a booking, and of what is said about one."""

from datetime import datetime

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from services.resources.bookings.queries.lines import ZONE
from shared.text import Sentence
from shared.web.spoken import Id, Line, Moment, Strict, Text, Whole, must

_LONG = Sentence(zh="最多 200 个字。", en="At most 200 characters.")
_NAME = Sentence(zh="姓名最多 40 个字。", en="A name of at most 40 characters.")
_PEOPLE = Sentence(zh="请填 0 到 5000 的整数。", en="A whole number from 0 to 5000.")
_WHEN = Sentence(
    zh="请填日期和时间，例如 2025-06-12 和 14:30。", en="A date and a time, as in 2025-06-12 and 14:30."
)


def _fits(text: str) -> bool:
    return len(text) <= 200  # noqa: PLR2004  as `_LONG` says


class BookingSchema(Strict):
    """A school borrows a facility, from `start` to `end` of a day, as clocks there show."""

    class Meta:
        """marshmallow's place for options."""

        unknown = EXCLUDE

    facility_id = Id(required=True)
    school_id = Id(required=True)
    title = Line(required=True, validate=must(_fits, _LONG))
    day = Line(required=True)
    start = Line(required=True)
    end = Line(required=True)
    people = Whole(load_default=0, validate=must(range(5001).__contains__, _PEOPLE))


class AskingSchema(Strict):
    """A school of the asker's borrows a facility."""

    facility_id = Id(required=True)
    school_id = Id(required=True)
    title = Line(required=True, validate=must(_fits, _LONG))
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    people = Whole(load_default=0, validate=must(range(5001).__contains__, _PEOPLE))


class StepSchema(Schema):
    """What was done with a booking: `moved`, `agreed`, or the state that it came to."""

    what = fields.String()
    at = fields.String()
    by = fields.String()
    remark = fields.String()
    giver = fields.String(data_key="from", attribute="from")
    taker = fields.String(data_key="to", attribute="to")


class BookingShownSchema(Schema):
    """A booking, as who lends and who borrows see it. See the model for its states."""

    id = fields.UUID()
    version = fields.Integer()
    attempt = fields.Integer()
    facility_id = fields.UUID()
    session_id = fields.UUID(allow_none=True)
    school_id = fields.UUID(allow_none=True)
    region_code = fields.String()
    title = fields.String()
    people = fields.Integer()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    state = fields.String()
    until = fields.AwareDateTime(allow_none=True)
    needs = fields.List(fields.String())
    agreed = fields.List(fields.String())
    reason = fields.String()
    log = fields.List(fields.Nested(StepSchema))


class TakingAwaySchema(Strict):
    """Why; with `no_show` nobody came, which says enough."""

    reason = Text(load_default="", validate=must(_fits, _LONG))
    no_show = fields.Boolean(load_default=False)


class RemarkSchema(Strict):
    """Why, or in which state. person: at a handover who took it, at its return who brought it."""

    reason = Text(load_default="", validate=must(_fits, _LONG))
    person = Line(load_default="", validate=must(lambda text: len(text) <= 40, _NAME))  # noqa: PLR2004  as it says


def moment_of(day: str, clock: str, *, field: str) -> datetime:
    """The moment that a day and a clock's time name. Raises ValidationError."""
    try:
        return datetime.fromisoformat(f"{day}T{clock.replace('：', ':').zfill(5)}").replace(tzinfo=ZONE)
    except ValueError:
        raise ValidationError({field: [_WHEN]}) from None
