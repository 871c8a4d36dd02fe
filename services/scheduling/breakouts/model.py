"""The division of a session's people into groups, kept as one: it is looked at and changed as a whole."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base, Values
from services.scheduling.plans.model import too_long
from shared.db import Aggregate
from shared.errors import Invalid
from shared.text import Sentence

#: Groups of one session, and characters of a name or a place.
MOST, LONGEST = 30, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakout:
    """A group. place: where it meets, or empty. led_by: whoever leads it, as written; person_id: who of the register that is.

    members: the rows that expect them: trainees of the programme's roster, or places in the session.
    """

    name: str
    place: str = ""
    led_by: str = ""
    person_id: UUID | None = None
    members: tuple[UUID, ...] = ()


class Division(Aggregate, Base):
    """The groups of one session, in their order."""

    __tablename__ = "divisions"

    session_id: Mapped[UUID] = mapped_column(unique=True)
    groups: Mapped[tuple[Breakout, ...]] = mapped_column(Values(Breakout))
    divided_by: Mapped[str]
    divided_at: Mapped[datetime]

    def divide(self, groups: Sequence[Breakout], *, by: str, at: datetime) -> None:
        """Put these groups in place of those before. Raises Invalid."""
        faultless(groups)
        self.groups, self.divided_by, self.divided_at = tuple(groups), by, at
        self.advance()


def faultless(groups: Sequence[Breakout]) -> None:
    """Raise Invalid where these are no groups: too many, without a name, of one name, or with somebody in two of them."""
    if not 1 <= len(groups) <= MOST:
        raise Invalid(
            Sentence(zh=f"请分成 1 到 {MOST} 组。", en=f"Make between 1 and {MOST} groups of them."),
            field="number",
        )
    for group in groups:
        if not group.name:
            raise Invalid(Sentence(zh="每个组都要有名称。", en="Every group needs a name."), field="groups")
        if max(len(group.name), len(group.place), len(group.led_by)) > LONGEST:
            raise Invalid(too_long(LONGEST), field="groups")
    if twice := _twice([group.name for group in groups]):
        raise Invalid(
            Sentence(zh=f"有两个组都叫“{twice}”。", en=f"Two groups are called “{twice}”."), field="groups"
        )
    if _twice([member for group in groups for member in group.members]):
        raise Invalid(Sentence(zh="有人同时在两个组里。", en="Somebody is in two groups."), field="groups")


def _twice(values: Collection[object]) -> object | None:
    seen: set[object] = set()
    return next((value for value in values if value in seen or seen.add(value)), None)  # type: ignore[func-returns-value]
