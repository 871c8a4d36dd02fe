"""What counts as one use: a pure reading of clicks, done the same way for today's figures and for a rebuild."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.resources.use.model import DOUBLE_CLICK

#: The days of the figures are those of the schools.
_ZONE = ZoneInfo("Asia/Shanghai")
#: Stands for readers of no school, who have a place in the key, too.
NO_SCHOOL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Clicked:
    """A click as it is counted."""

    at: datetime
    reader: str
    kind: str
    thing_id: UUID
    school_id: UUID | None


def counted(clicks: Iterable[Clicked], *, since: datetime) -> Counter[tuple[UUID, str]]:
    """How many uses these clicks of one item are from `since` on, by school and kind. They come in the order of their moments.

    A click counts unless the same reader clicked on the same thing in the same way within the thirty seconds before it,
    whether that one counted or not. The clicks shortly before `since` have to be among them.
    """
    last: dict[tuple[str, str, UUID], datetime] = {}
    found: Counter[tuple[UUID, str]] = Counter()
    for click in clicks:
        key = (click.reader, click.kind, click.thing_id)
        before = last.get(key)
        last[key] = click.at
        if click.at >= since and (before is None or click.at - before > DOUBLE_CLICK):
            found[click.school_id or NO_SCHOOL, click.kind] += 1
    return found


def day_of(at: datetime) -> date:
    """The day that a moment belongs to, where the schools are."""
    return at.astimezone(_ZONE).date()


def span_of(day: date) -> tuple[datetime, datetime]:
    """A day from its first moment to the first of the next."""
    start = datetime.combine(day, time(), _ZONE)
    return start, start + timedelta(days=1)


def is_robot(agent: str) -> bool:
    """Whether a program reads, by the list of COUNTER's code of practice; who does not say what they are is one."""
    from counter_robots import is_robot_or_machine  # noqa: PLC0415  its patterns are compiled where they are needed

    return not agent or bool(is_robot_or_machine(agent))


def reader_of(*told: str) -> str:
    """Who clicks, as the rows keep it: enough to know a second click, not who it was."""
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:32]
