"""Joint sessions: what is planned, and the states that a session goes through.

draft ──release──▶ released ──cancel──▶ cancelled; a draft may be revised, a released session is what schools were told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from shared.contracts.scheduling import SchedulingTask, SessionCancelled, SessionReleased
from shared.db import Aggregate
from shared.errors import Invalid, Refusal
from shared.ids import named
from shared.text import Sentence

#: What kinds of session there are, in the field's own terms.
KINDS: Mapping[str, Sentence] = {
    "joint_research": Sentence(zh="联合教研", en="Joint teaching research"),
    "collective_preparation": Sentence(zh="集体备课", en="Collective lesson preparation"),
    "same_lesson": Sentence(zh="同课异构", en="One lesson, several ways"),
    "demonstration_lesson": Sentence(zh="示范课", en="Demonstration lesson"),
    "lecture": Sentence(zh="专题讲座", en="Lecture"),
    "live_class": Sentence(zh="直播课堂", en="Live class"),
    "training": Sentence(zh="培训", en="Training"),
}

#: Hosted above all regions: a session of who looks after everything.
EVERYWHERE = "000000"

#: Characters in a title, a place or a reason; a link may be longer.
LONGEST, LONGEST_LINK = 200, 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a session is to be. `starts_at`, `ends_at`: half-open, aware. place, link: where; either may be empty."""

    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    link: str = ""
    invited_schools: tuple[UUID, ...] = ()

    def faults(self) -> dict[str, Sentence]:
        """What is wrong with it, by field; empty where it can be kept as a draft."""
        found: dict[str, Sentence] = {}
        if not self.title:
            found["title"] = Sentence(zh="请填写活动名称。", en="Give the session a title.")
        if self.kind not in KINDS:
            found["kind"] = Sentence(zh="请选择活动类型。", en="Choose what kind of session it is.")
        if self.ends_at <= self.starts_at:
            found["ends_at"] = Sentence(
                zh="结束时间要晚于开始时间。", en="The end must be later than the start."
            )
        if self.link and not self.link.startswith(("https://", "http://")):
            found["link"] = Sentence(
                zh="链接要以 https:// 或 http:// 开头。", en="A link begins with https:// or http://."
            )
        for field, text in (("title", self.title), ("place", self.place)):
            if len(text) > LONGEST:
                found[field] = too_long(LONGEST)
        if len(self.link) > LONGEST_LINK:
            found["link"] = too_long(LONGEST_LINK)
        return found

    def insist(self) -> None:
        """Raise Invalid with the first fault, if there is one."""
        for field, sentence in self.faults().items():
            raise Invalid(sentence, field=field)


class Session(Aggregate, Base):
    """A joint session. `state`: draft, released or cancelled. `host_region`: six digits; who hosts it.

    reason: why it was cancelled. created_by, drafted_at: the actor who drafted it, and when, if that was noted.
    """

    __tablename__ = "sessions"

    title: Mapped[str]
    kind: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    place: Mapped[str]
    link: Mapped[str]
    invited_schools: Mapped[list[UUID]]
    host_region: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    reason: Mapped[str]
    created_by: Mapped[str]
    drafted_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    @classmethod
    def draft(cls, *, id_: UUID, plan: Plan, host_region: str, by: str, at: datetime) -> "Session":
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
        )
        session._follow(plan)
        return session

    def why_not_revise(self) -> Sentence | None:
        """Why it cannot be changed, if it cannot."""
        if self.state == "draft":
            return None
        return Sentence(
            zh="只有草稿可以修改。学校已按发布的内容安排；有变动请取消后重新起草。",
            en="Only a draft can be revised: schools plan with what was released. Cancel it and draft it anew.",
        )

    def revise(self, plan: Plan) -> None:
        """Plan it differently; nobody is told. Raises Invalid, or Refusal where it is no draft."""
        if reason := self.why_not_revise():
            raise Refusal(reason)
        plan.insist()
        self._follow(plan)
        self.advance()

    def why_not_release(self) -> Sentence | None:
        """Why it cannot be released, if it cannot."""
        if self.state == "released":
            return Sentence(zh="这次活动已经发布。", en="This session is released already.")
        if self.state == "cancelled":
            return Sentence(zh="这次活动已经取消，不能发布。", en="This session was cancelled.")
        if not (self.place or self.link):
            return Sentence(
                zh="还没有地点。请填写活动地点或线上链接。",
                en="It has no place yet. Name a place or an online link.",
            )
        if not self.invited_schools:
            return Sentence(
                zh="还没有邀请学校。请至少选择一所。", en="No school is invited yet. Choose one at least."
            )
        return None

    def release(self, *, at: datetime) -> SessionReleased:
        """It takes place: the schools are to be told. Raises Refusal with the reason where it cannot be."""
        if reason := self.why_not_release():
            raise Refusal(reason)
        self.state, self.released_at = "released", at
        return SessionReleased(
            session_id=self.id,
            version=self.advance(),
            title=self.title,
            kind=self.kind,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            place=self.place,
            link=self.link,
            invited_schools=list(self.invited_schools),
        )

    def why_not_cancel(self) -> Sentence | None:
        """Why it cannot be cancelled, if it cannot."""
        if self.state == "cancelled":
            return Sentence(zh="这次活动已经取消。", en="This session is cancelled already.")
        if self.state == "draft":
            return Sentence(
                zh="草稿还没有通知任何学校，无需取消，直接修改即可。",
                en="No school knows of a draft, so there is nothing to cancel. Revise it instead.",
            )
        return None

    def cancel(self, *, reason: str, at: datetime) -> SessionCancelled:
        """It does not take place. Raises Refusal where it cannot be cancelled, Invalid without a reason."""
        if why_not := self.why_not_cancel():
            raise Refusal(why_not)
        if not reason:
            raise Invalid(
                Sentence(zh="请写明取消的原因，学校会看到。", en="Say why: the schools will read it."),
                field="reason",
            )
        if len(reason) > LONGEST:
            raise Invalid(too_long(LONGEST), field="reason")
        self.state, self.reason, self.cancelled_at = "cancelled", reason, at
        return SessionCancelled(
            session_id=self.id,
            version=self.advance(),
            title=self.title,
            reason=reason,
            invited_schools=list(self.invited_schools),
        )

    def task(self) -> SchedulingTask:
        """Whether it waits to be released, by those who look after the region that hosts it; as of its version."""
        schools, missing = len(self.invited_schools), self.why_not_release()
        return SchedulingTask(
            task_id=named("scheduling.release", str(self.id)),
            version=self.version,
            audiences=(
                "coordinator@all"
                if self.host_region == EVERYWHERE
                else f"coordinator@region:{self.host_region}",
            ),
            sentence_zh=f"发布活动：《{self.title}》还是草稿，"
            + (missing.zh if missing else f"受邀的 {schools} 所学校都还不知道。"),
            sentence_en=f"Release a session: “{self.title}” is a draft. "
            + (missing.en if missing else f"Schools that do not know of it yet: {schools}."),
            verb_zh="去补充" if missing else "去发布",
            verb_en="Complete it" if missing else "Release it",
            link=f"/scheduling/sessions/{self.id}",
            opened_at=self.drafted_at or self.released_at or self.starts_at,
            due=self.starts_at,
            closed_at=None if self.state == "draft" else self.released_at,
        )

    def _follow(self, plan: Plan) -> None:
        self.title, self.kind = plan.title, plan.kind
        # In UTC, as the database will answer them: what a command answers and emits must not differ from what is read.
        self.starts_at, self.ends_at = plan.starts_at.astimezone(UTC), plan.ends_at.astimezone(UTC)
        self.place, self.link = plan.place, plan.link
        self.invited_schools = list(plan.invited_schools)


def too_long(longest: int) -> Sentence:
    """That a text has more characters than it may."""
    return Sentence(zh=f"最多 {longest} 个字符。", en=f"At most {longest} characters.")
