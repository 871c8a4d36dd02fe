"""The shape of a booking, and of what is said about one."""

from datetime import datetime

from marshmallow import EXCLUDE, ValidationError

from services.resources.bookings.queries.lines import ZONE
from shared.text import Sentence
from shared.web.spoken import Id, Line, Strict, Text, Whole, must

_LONG = Sentence(zh="最多 200 个字。", en="At most 200 characters.")
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


class RemarkSchema(Strict):
    """Why, or in which state."""

    reason = Text(load_default="", validate=must(_fits, _LONG))


def moment_of(day: str, clock: str, *, field: str) -> datetime:
    """The moment that a day and a clock's time name. Raises ValidationError."""
    try:
        return datetime.fromisoformat(f"{day}T{clock.replace('：', ':').zfill(5)}").replace(tzinfo=ZONE)
    except ValueError:
        raise ValidationError({field: [_WHEN]}) from None
