"""Joint sessions, and the states that a session goes through.

draft ──release──▶ released ──hold──▶ held ──close──▶ closed
                   │  ▲ revise: the schools are told what changed
                   ├──postpone──▶ postponed ──revise──▶ released
                   ├──cancel──▶ cancelled, from postponed, too
                   └──recall──▶ draft, from postponed, too: it should never have been released

A draft is revised without telling anybody.
"""

import dataclasses
import re
from collections.abc import Collection
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base, Uuids, Values
from services.scheduling.lifecycle.model import Verb, why_not
from services.scheduling.plans.model import (
    LONGEST,
    LONGEST_LINK,
    Leader,
    Occurrence,
    Plan,
    changes,
    too_long,
)
from services.scheduling.sessions.model import telling
from shared.contracts import scheduling as told
from shared.db import Aggregate
from shared.errors import Invalid, Refusal
from shared.text import Sentence

_ADDRESS = re.compile(r"https?://[^\s/]\S*")


class Session(Aggregate, Base):
    """A joint session. `host_region`: six digits; who hosts it. programme_id, ordinal: what it is part of, and where in it.

    starts_at, ends_at: from its first occurrence to its last; place, link: where the first one is. reason: why it was
    cancelled, postponed or, of a draft, recalled. recording: the address of what was recorded of it. awaiting_schools: chosen to be invited, but their region has not agreed. created_by, drafted_at: the actor who drafted it, and when, if that was noted.
    """

    __tablename__ = "sessions"

    personal: ClassVar[frozenset[str]] = frozenset(
        {"led_by"}
    )  # names, which the audit trail could never forget

    title: Mapped[str]
    kind: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    place: Mapped[str]
    link: Mapped[str]
    invited_schools: Mapped[list[UUID]]
    awaiting_schools: Mapped[list[UUID] | None] = mapped_column(Uuids)
    host_region: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    reason: Mapped[str]
    created_by: Mapped[str]
    drafted_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    postponed_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    programme_id: Mapped[UUID | None] = mapped_column(index=True)
    ordinal: Mapped[int | None]
    note: Mapped[str] = mapped_column(server_default="")
    recording: Mapped[str | None]
    led_by: Mapped[tuple[Leader, ...] | None] = mapped_column(Values(Leader))
    times: Mapped[tuple[Occurrence, ...] | None] = mapped_column(Values(Occurrence))

    @classmethod
    def draft(
        cls,
        *,
        id_: UUID,
        plan: Plan,
        host_region: str,
        by: str,
        at: datetime,
        programme_id: UUID | None = None,
        ordinal: int | None = None,
    ) -> "Session":
        """A new draft, of which nobody is told. Raises Invalid where the plan cannot be."""
        plan.insist()
        session = cls(
            id=id_,
            version=1,
            host_region=host_region,
            state="draft",
            reason="",
            created_by=by,
            drafted_at=at,
            programme_id=programme_id,
            ordinal=ordinal,
        )
        session._follow(plan)
        return session

    @property
    def occurrences(self) -> tuple[Occurrence, ...]:
        """Each time that it takes place; those of the row's own columns where the release before wrote the row."""
        times = self.times
        if times and (times[0].starts_at, times[-1].ends_at) == (self.starts_at, self.ends_at):
            return times
        return (Occurrence(starts_at=self.starts_at, ends_at=self.ends_at, place=self.place, link=self.link),)

    @property
    def plan(self) -> Plan:
        """What it is to be, as it is now."""
        return Plan(
            title=self.title,
            kind=self.kind,
            occurrences=self.occurrences,
            leaders=self.led_by or (),
            invited_schools=(*self.invited_schools, *(self.awaiting_schools or ())),
            note=self.note or "",
        )

    def why_not(
        self, verb: Verb, *, also: Collection[UUID] = (), at: datetime | None = None
    ) -> Sentence | None:
        """Why the verb cannot be done, if it cannot. also: schools of the programme. at: the moment, where it matters."""
        if reason := why_not(verb, self.state):
            return reason
        if verb == "release":
            return self.plan.why_incomplete(also)
        if verb == "hold" and at is not None and at < self.starts_at:
            return Sentence(zh="活动还没有开始。", en="It has not begun yet.")
        return None

    def revise(self, plan: Plan, *, awaiting: Collection[UUID] | None = None) -> told.SessionRevised | None:
        """Plan it differently; None where nobody need be told: of a draft, or where nothing is different.

        awaiting: those of the plan's schools who may not be told yet; if not given, who may not be now. Raises Invalid, also
        where what schools know of would lose its place or its schools, or Refusal.
        """
        self._insist("revise")
        plan.insist()
        before, known, was = self._told_plan(), self.state, set(self.invited_schools)
        if known != "draft" and (missing := plan.why_incomplete()):
            raise Invalid(missing, field="place" if not plan.has_place else "invited_schools")
        awaited = self.awaiting_schools or []
        plan = self._await(plan, awaited if awaiting is None else awaiting)
        different = changes(before, plan)
        if known == "postponed":
            different.insert(0, told.Change(what="state", was="postponed", now="released"))
            self.state, self.reason, self.postponed_at = "released", "", None
        elif known == "released" and not different:
            if awaited != (self.awaiting_schools or []):
                self.advance()
            return None
        self._follow(plan)
        if known == "draft":
            self.advance()
            return None
        return self._revised(different, was)

    def admit(self, schools: Collection[UUID]) -> told.SessionRevised | None:
        """Invite these, who may be told now; None where all of them know, or where there is nothing to tell of."""
        now = [id_ for id_ in schools if id_ not in self.invited_schools]
        if not now:
            return None
        before = self._told_plan()
        self.awaiting_schools = [id_ for id_ in self.awaiting_schools or () if id_ not in schools]
        self.invited_schools = [*self.invited_schools, *now]
        if self.state not in {"released", "postponed"}:
            self.advance()
            return None
        return self._revised(changes(before, self._told_plan()), set(before.invited_schools))

    def wait_for(self, schools: Collection[UUID]) -> None:
        """These are to be invited, too, once their region agrees; until then they are not told."""
        self.awaiting_schools = list(dict.fromkeys((*(self.awaiting_schools or ()), *schools)))
        self.advance()

    def forgo(self, schools: Collection[UUID]) -> told.SessionRevised | None:
        """Invite these schools no more; None where there is nobody to tell."""
        before = self._told_plan()
        self.awaiting_schools = [id_ for id_ in self.awaiting_schools or () if id_ not in schools]
        self.invited_schools = [id_ for id_ in before.invited_schools if id_ not in schools]
        if self.state == "draft" or len(self.invited_schools) == len(before.invited_schools):
            self.advance()
            return None
        return self._revised(changes(before, self._told_plan()), set(before.invited_schools))

    def reach(self, schools: Collection[UUID]) -> None:
        """Schools that know of it by another way, such as the programme's invitation: they hear what changes from now on."""
        self.invited_schools = list(dict.fromkeys((*self.invited_schools, *schools)))
        self.awaiting_schools = [id_ for id_ in self.awaiting_schools or () if id_ not in schools]
        self.advance()

    def release(
        self, *, at: datetime, also: Collection[UUID] = (), awaiting: Collection[UUID] = ()
    ) -> told.SessionReleased:
        """It takes place: the schools are to be told, and `also` those of the programme. Raises Refusal.

        awaiting: those of both who may not be told yet, because their region has not agreed.
        """
        self._insist("release", also=also)
        everybody = tuple(dict.fromkeys((*self.invited_schools, *also)))
        self.invited_schools = [id_ for id_ in everybody if id_ not in awaiting]
        self.awaiting_schools = [id_ for id_ in everybody if id_ in awaiting]
        self.state, self.released_at, self.reason = "released", at, ""
        self.advance()
        return telling.released(self)

    def postpone(self, *, reason: str, at: datetime) -> told.SessionPostponed:
        """It does not take place as planned. Raises Refusal, or Invalid without a reason."""
        self._insist("postpone")
        self.reason = _stated(reason, "请写明延期的原因，学校会看到。")
        self.state, self.postponed_at = "postponed", at
        self.advance()
        return telling.postponed(self)

    def cancel(self, *, reason: str, at: datetime) -> told.SessionCancelled:
        """It does not take place. Raises Refusal where it cannot be cancelled, Invalid without a reason."""
        self._insist("cancel")
        self.reason = _stated(reason, "请写明取消的原因，学校会看到。")
        self.state, self.cancelled_at = "cancelled", at
        self.advance()
        return telling.cancelled(self)

    def recall(self, *, reason: str) -> told.SessionRecalled:
        """It should not have been released: it is a draft again, and who was told is told that. Raises Refusal, Invalid."""
        self._insist("recall")
        self.reason = _stated(reason, "请写明撤回的原因，学校会看到。")
        knew = list(self.invited_schools)
        self.invited_schools = list(dict.fromkeys((*knew, *(self.awaiting_schools or ()))))
        self.awaiting_schools = []
        self.state, self.released_at, self.postponed_at = "draft", None, None
        self.advance()
        return telling.recalled(self, knew)

    def hold(self, *, at: datetime, recording: str = "") -> told.SessionHeld:
        """It has taken place, or does. Raises Refusal before it begins, Invalid where `recording` is no address."""
        self._insist("hold", at=at)
        if recording and (len(recording) > LONGEST_LINK or not _ADDRESS.fullmatch(recording)):
            raise Invalid(
                Sentence(
                    zh=f"录像网址以 http:// 或 https:// 开头，最多 {LONGEST_LINK} 个字符。",
                    en=f"The address of a recording begins with http:// or https:// and has at most {LONGEST_LINK} characters.",
                ),
                field="recording",
            )
        self.state, self.held_at, self.recording = "held", at, recording
        self.advance()
        return telling.held(self)

    def close(self, *, at: datetime) -> None:
        """All that follows a session is done; nothing of it changes any more. Raises Refusal."""
        self._insist("close")
        self.state, self.closed_at = "closed", at
        self.advance()

    def task(self) -> told.SchedulingTask:
        """Whether it waits to be released, by those who look after the region that hosts it; as of its version."""
        return telling.task(self)

    def _insist(self, verb: Verb, *, also: Collection[UUID] = (), at: datetime | None = None) -> None:
        if reason := self.why_not(verb, also=also, at=at):
            raise Refusal(reason)

    def _revised(self, different: list[told.Change], was: set[UUID]) -> told.SessionRevised:
        """As it is now, with what is different; was: the schools that knew of it before."""
        self.advance()
        return telling.revised(self, different, was)

    def _told_plan(self) -> Plan:
        """The plan as schools know it: nobody is told of those who are only awaited."""
        return dataclasses.replace(self.plan, invited_schools=tuple(self.invited_schools))

    def _await(self, plan: Plan, awaiting: Collection[UUID]) -> Plan:
        """Note those of the plan's schools who may not be told yet; answers the plan without them."""
        if self.state == "draft":
            return plan
        self.awaiting_schools = [id_ for id_ in plan.invited_schools if id_ in awaiting]
        return dataclasses.replace(
            plan, invited_schools=tuple(id_ for id_ in plan.invited_schools if id_ not in awaiting)
        )

    def _follow(self, plan: Plan) -> None:
        times = tuple(occurrence.in_utc() for occurrence in plan.occurrences)
        self.title, self.kind, self.note = plan.title, plan.kind, plan.note
        self.times, self.starts_at, self.ends_at = times, times[0].starts_at, times[-1].ends_at
        self.place, self.link = times[0].place, times[0].link
        self.led_by, self.invited_schools = plan.leaders, list(plan.invited_schools)


def _stated(reason: str, missing: str) -> str:
    """The reason, if it is one."""
    if not reason:
        raise Invalid(Sentence(zh=missing, en="Say why: the schools will read it."), field="reason")
    if len(reason) > LONGEST:
        raise Invalid(too_long(LONGEST), field="reason")
    return reason
