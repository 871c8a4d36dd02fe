"""The rooms of other schools as scheduling knows them, and what its sessions ask for.

asked ──held──▶ held ──confirm──▶ confirming ──confirmed──▶ booked
  └──▶ declined · timed_out · lapsed · released · given_back: asking again begins the next attempt
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from shared.contracts.scheduling import (
    FacilityConfirmed,
    FacilityGivenBack,
    FacilityRequested,
    SchedulingTask,
)
from shared.db import Aggregate
from shared.ids import named
from shared.text import Sentence

#: How far an attempt has come: what says less than is known already has been overtaken.
RANK: Mapping[str, int] = {
    "asked": 0,
    "held": 1,
    "confirming": 2,
    "booked": 3,
    "declined": 4,
    "timed_out": 4,
    "lapsed": 4,
    "released": 4,
    "given_back": 4,
}
#: States in which the room is, or may become, the session's.
LIVE = frozenset({"asked", "held", "confirming", "booked"})
#: States in which the session has no room though it wanted one: its hosts have to do something.
FAILED = frozenset({"declined", "timed_out", "lapsed", "released"})
#: States of a session in which it wants no room.
OVER = frozenset({"cancelled", "postponed"})
#: States that this side has brought about: what comes from the other side afterwards is to be undone.
FORGONE = frozenset({"timed_out", "given_back"})

STATES: Mapping[str, tuple[str, Sentence]] = {
    "asked": ("waiting", Sentence(zh="等对方答复", en="Asked for")),
    "held": ("waiting", Sentence(zh="已为你保留，待确认", en="Held for you")),
    "confirming": ("waiting", Sentence(zh="已确认，等回执", en="Being confirmed")),
    "booked": ("done", Sentence(zh="已借到", en="Booked")),
    "declined": ("failed", Sentence(zh="未借到", en="Declined")),
    "timed_out": ("conflict", Sentence(zh="对方逾期未答复", en="Not answered in time")),
    "lapsed": ("conflict", Sentence(zh="逾期失效", en="Lapsed")),
    "released": ("conflict", Sentence(zh="被收回", en="Taken back")),
    "given_back": ("plain", Sentence(zh="已归还", en="Given back")),
}


class KnownFacility(Base):
    """A facility as resources says it is now."""

    __tablename__ = "known_facilities"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    kind: Mapped[str]
    school_id: Mapped[UUID]
    region_code: Mapped[str]
    capacity: Mapped[int]
    audiences: Mapped[list[str]]
    retired: Mapped[bool]


class FacilityRequest(Aggregate, Base):
    """What a session asks for, for one of its occurrences. attempt: which asking it is, from 1.

    answer_by: when `asked` is given up. until: when `held` lapses. offers: what can be had instead, as
    `shared.contracts.resources.Free`. reason_zh, reason_en: why it is not to be had. log: what happened, and when.
    """

    __tablename__ = "facility_requests"

    session_id: Mapped[UUID] = mapped_column(index=True)
    facility_id: Mapped[UUID]
    facility_name: Mapped[str]
    school_id: Mapped[UUID | None]
    people: Mapped[int]
    attempt: Mapped[int]
    state: Mapped[str] = mapped_column(index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    until: Mapped[datetime | None]
    reason_zh: Mapped[str]
    reason_en: Mapped[str]
    offers: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    log: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

    def ask(
        self,
        *,
        facility_id: UUID,
        name: str,
        starts_at: datetime,
        ends_at: datetime,
        answer_by: datetime,
        title: str,
        region_code: str,
        at: datetime,
    ) -> FacilityRequested:
        """Ask, or ask anew: the attempt before is wanted no more."""
        self.attempt += 1
        self.facility_id, self.facility_name = facility_id, name
        self.starts_at, self.ends_at, self.answer_by = starts_at, ends_at, answer_by
        self.until, self.offers, self.reason_zh, self.reason_en = None, [], "", ""
        return FacilityRequested(
            version=self.turn("asked", at=at),
            request_id=self.id,
            attempt=self.attempt,
            facility_id=facility_id,
            session_id=self.session_id,
            title=title,
            starts_at=starts_at,
            ends_at=ends_at,
            answer_by=answer_by,
            region_code=region_code,
            school_id=self.school_id,
            people=self.people,
        )

    def overtaken(self, *, attempt: int, state: str) -> bool:
        """Whether what came is of another attempt, or says less than is known."""
        return attempt != self.attempt or RANK[state] <= RANK[self.state]

    def confirm(self, *, at: datetime) -> FacilityConfirmed:
        """Take what is held."""
        return FacilityConfirmed(
            version=self.turn("confirming", at=at),
            request_id=self.id,
            attempt=self.attempt,
            facility_id=self.facility_id,
            session_id=self.session_id,
        )

    def give_back(self, state: str, *, at: datetime, reason: str = "") -> FacilityGivenBack:
        """It is not needed, or was waited for in vain; said again where something came afterwards."""
        return FacilityGivenBack(
            version=self.turn(state, at=at),
            request_id=self.id,
            attempt=self.attempt,
            facility_id=self.facility_id,
            session_id=self.session_id,
            reason=reason,
        )

    @property
    def was_lost(self) -> bool:
        """Whether its hosts had to do something about it, now or once."""
        return any(step["state"] in FAILED for step in self.log)

    def task(self, *, title: str, host: str, over: bool) -> SchedulingTask:
        """Whether the hosts of the session, `host` as a grant, have to do something about it; as of its version.

        over: the session needs no room any more. The link ends with the request's own id.
        """
        waits = self.state in FAILED and not over
        word = STATES[self.state][1]
        return SchedulingTask(
            task_id=named("scheduling.room", str(self.id)),
            version=self.version,
            audiences=(host,),
            sentence_zh=f"场地没有着落：《{title}》要借的{self.facility_name}{word.zh}。",
            sentence_en=f"Without a room: {self.facility_name} for “{title}” — {word.en.lower()}.",
            verb_zh="另选场地",
            verb_en="Choose another",
            link=f"/scheduling/sessions/{self.session_id}/facilities#{self.id}",
            opened_at=next(
                (_at(step) for step in reversed(self.log) if step["state"] in FAILED), self.starts_at
            ),
            due=self.starts_at,
            closed_at=None if waits else _at(self.log[-1]),
        )

    def turn(self, state: str, *, at: datetime) -> int:
        """Enter a state; answers the new version."""
        if not self.log or state != self.state or self.log[-1]["attempt"] != self.attempt:
            self.log = [
                *self.log,
                {"state": state, "at": at.isoformat(), "attempt": self.attempt, "name": self.facility_name},
            ]
        self.state = state
        return self.advance()


def _at(step: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(step["at"])
