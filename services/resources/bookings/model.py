"""Bookings, and the states that one goes through.

requested ──agree──▶ held ──confirm──▶ confirmed ──hand over──▶ handed_over ──take back──▶ returned
    │                 │                   │
    ├──decline        ├──lapse            ├──release (no-show, or the owner needs it)
    └──────────── give back: withdrawn ───┘

From `requested` on until the end the facility is blocked. A later attempt of the same request starts over: it is moved.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base
from shared.contracts import resources as told
from shared.db import Aggregate
from shared.errors import Refusal
from shared.ids import named
from shared.text import Sentence

State = Literal[
    "requested", "held", "confirmed", "handed_over", "returned", "declined", "lapsed", "released", "withdrawn"
]
Verb = Literal[
    "agree", "decline", "confirm", "hand_over", "take_back", "release", "no_show", "lapse", "give_back"
]

#: States in which nobody else can have the facility then.
BLOCKING: frozenset[str] = frozenset({"requested", "held", "confirmed", "handed_over"})

MAY: Mapping[Verb, frozenset[str]] = {
    "agree": frozenset({"requested"}),
    "decline": frozenset({"requested"}),
    "confirm": frozenset({"held"}),
    "hand_over": frozenset({"confirmed"}),
    "take_back": frozenset({"handed_over"}),
    "release": frozenset({"held", "confirmed"}),
    "no_show": frozenset({"confirmed"}),
    "lapse": frozenset({"requested", "held"}),
    "give_back": frozenset({"requested", "held", "confirmed"}),
}
STATES: Mapping[str, tuple[str, Sentence]] = {
    "requested": ("waiting", Sentence(zh="待同意", en="Asked for")),
    "held": ("waiting", Sentence(zh="已留，待确认", en="Held")),
    "confirmed": ("done", Sentence(zh="已确认", en="Booked")),
    "handed_over": ("chosen", Sentence(zh="已交接", en="Handed over")),
    "returned": ("plain", Sentence(zh="已归还", en="Returned")),
    "declined": ("failed", Sentence(zh="未同意", en="Declined")),
    "lapsed": ("open", Sentence(zh="逾期失效", en="Lapsed")),
    "released": ("open", Sentence(zh="已收回", en="Taken back")),
    "withdrawn": ("plain", Sentence(zh="已撤回", en="Withdrawn")),
}


class Booking(Aggregate, Base):
    """Who has a facility when; `id` is that of the request. `attempt`: which asking of it, from 1.

    session_id: of a request that scheduling made; None where a school booked directly. school_id: who borrows, if a school.
    until: when `requested` or `held` ends by itself. needs, agreed: `liaison` of the owner, `coordinator` of its region.
    reason: why it was declined or ended. log: what was done, when and by whom; at a handover `from` whom `to` whom, by name.
    """

    __tablename__ = "bookings"

    attempt: Mapped[int]
    facility_id: Mapped[UUID] = mapped_column(index=True)
    session_id: Mapped[UUID | None] = mapped_column(index=True)
    school_id: Mapped[UUID | None] = mapped_column(index=True)
    region_code: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    people: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    state: Mapped[str]
    blocking: Mapped[bool]
    until: Mapped[datetime | None] = mapped_column(index=True)
    needs: Mapped[list[str]]
    agreed: Mapped[list[str]]
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    log: Mapped[list[dict[str, str]]]

    @property
    def outstanding(self) -> list[str]:
        """Whose agreement is still awaited."""
        return [who for who in self.needs if who not in self.agreed]

    def why_not(self, verb: Verb, *, at: datetime | None = None) -> Sentence | None:
        """Why the verb leads nowhere now, if it does not."""
        if self.state not in MAY[verb]:
            word = STATES[self.state][1]
            return Sentence(
                zh=f"这次借用{word.zh}，不能再这样做。",
                en=f"This booking is “{word.en}”; that cannot be done now.",
            )
        if verb == "no_show" and at is not None and at < self.starts_at:
            return Sentence(zh="还没到借用时间。", en="It has not begun yet.")
        return None

    def note(
        self, what: str, *, at: datetime, by: str, remark: str = "", hands: tuple[str, str] | None = None
    ) -> None:
        """Keep in its log what was done. hands: who gave it to whom, by name, as far as that is known."""
        told = {"what": what, "at": at.isoformat(), "by": by, "remark": remark}
        self.log = [*self.log, told | (dict(zip(("from", "to"), hands, strict=True)) if hands else {})]

    def turn(
        self,
        state: State,
        *,
        at: datetime,
        by: str,
        remark: str = "",
        until: datetime | None = None,
        hands: tuple[str, str] | None = None,
    ) -> int:
        """Enter a state; answers the new version."""
        self.state, self.blocking, self.until = state, state in BLOCKING, until
        self.note(state, at=at, by=by, remark=remark, hands=hands)
        return self.advance()

    def hold(self, *, until: datetime, at: datetime, by: str) -> told.BookingHeld:
        """Keep the facility for who asked."""
        version = self.turn("held", at=at, by=by, until=until)
        return told.BookingHeld(
            version=version,
            request_id=self.id,
            attempt=self.attempt,
            facility_id=self.facility_id,
            title=self.title,
            school_id=self.school_id,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            until=until,
        )

    def confirm(self, *, at: datetime, by: str) -> told.BookingConfirmed:
        """It is booked."""
        self.insist("confirm")
        return told.BookingConfirmed(
            version=self.turn("confirmed", at=at, by=by),
            request_id=self.id,
            attempt=self.attempt,
            facility_id=self.facility_id,
            title=self.title,
            school_id=self.school_id,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )

    def end(self, *, cause: str, at: datetime, by: str, reason: str = "") -> told.BookingReleased:
        """It is free again: `given_back` by who asked, or taken back by the `owner` or as a `no_show`."""
        self.reason = reason
        state: State = "withdrawn" if cause == "given_back" else "released"
        return told.BookingReleased(
            version=self.turn(state, at=at, by=by, remark=reason),
            request_id=self.id,
            attempt=self.attempt,
            facility_id=self.facility_id,
            title=self.title,
            school_id=self.school_id,
            cause=cause,
            reason=reason,
        )

    def lapse(self, *, at: datetime, by: str) -> told.BookingLapsed:
        """Nobody answered or confirmed in time."""
        self.insist("lapse")
        return told.BookingLapsed(
            version=self.turn("lapsed", at=at, by=by),
            request_id=self.id,
            attempt=self.attempt,
            facility_id=self.facility_id,
            title=self.title,
            school_id=self.school_id,
        )

    def decline(
        self, why: Sentence, *, alternatives: tuple[told.Free, ...], at: datetime, by: str
    ) -> told.BookingDeclined:
        """It cannot be had; the reason is for people."""
        self.reason = why.zh
        return told.BookingDeclined(
            version=self.turn("declined", at=at, by=by, remark=why.zh),
            request_id=self.id,
            attempt=self.attempt,
            facility_id=self.facility_id,
            title=self.title,
            school_id=self.school_id,
            reason_zh=why.zh,
            reason_en=why.en,
            alternatives=alternatives,
        )

    def insist(self, verb: Verb, *, at: datetime | None = None) -> None:
        """Raises Refusal where the verb leads nowhere now."""
        if reason := self.why_not(verb, at=at):
            raise Refusal(reason)

    def task(self, *, name: str, owner: UUID, region: str) -> told.ResourcesTask:
        """Whether it waits for the owner's liaison, or then for the coordinators of the owner's region."""
        waits = self.outstanding if self.state == "requested" else []
        audience = f"liaison@school:{owner}" if waits[:1] == ["liaison"] else f"coordinator@region:{region}"
        return told.ResourcesTask(
            task_id=named("resources.approval", str(self.id)),
            version=self.version,
            audiences=(audience,),
            sentence_zh=f"答复借用申请：《{self.title}》想借{name}。",
            sentence_en=f"Answer a request: “{self.title}” asks for {name}.",
            verb_zh="去答复",
            verb_en="Answer",
            link=f"/resources/bookings/{self.id}",
            opened_at=self.asked_at,
            due=self.until or self.starts_at,
            closed_at=None if waits else self.asked_at,
        )
