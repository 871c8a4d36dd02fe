"""What somebody on a roster has handed in.

handed_in ──accept──▶ accepted
   ▲  └──hand back──▶ returned ──┐
   └────────── hand in ──────────┘     what is handed in may be replaced until it is accepted
"""

from datetime import datetime
from typing import ClassVar, Literal
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from services.scheduling.plans.model import too_long
from shared.contracts.scheduling import SchedulingTask
from shared.db import Aggregate
from shared.errors import Invalid, Refusal
from shared.ids import named
from shared.text import Sentence

OutcomeState = Literal["handed_in", "accepted", "returned"]
Verb = Literal["hand_in", "accept", "hand_back"]

#: Characters of what is handed in, of an address, of a reason.
LONGEST_TEXT, LONGEST_LINK, LONGEST_REASON = 10_000, 500, 200

_MAY: dict[Verb, frozenset[str]] = {
    "hand_in": frozenset({"handed_in", "returned"}),
    "accept": frozenset({"handed_in"}),
    "hand_back": frozenset({"handed_in", "accepted"}),
}
_WHY = {
    "handed_in": Sentence(zh="已提交，等待验收。", en="It is handed in and waits to be judged."),
    "accepted": Sentence(
        zh="已通过验收，不再改动；确需修改请主办方退回。",
        en="It is accepted and does not change any more. If it has to, ask the host to hand it back.",
    ),
    "returned": Sentence(
        zh="已退回修改，等学员重新提交。",
        en="It was handed back and waits for the trainee to hand it in again.",
    ),
}


class Outcome(Aggregate, Base):
    """What a trainee of a programme has handed in: a text, the address of one, or both.

    reason: why it was returned, or what was said of it on acceptance. handed_in_by, judged_by: the actors.
    """

    __tablename__ = "outcomes"

    personal: ClassVar[frozenset[str]] = frozenset({"text"})

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"), index=True)
    trainee_id: Mapped[UUID] = mapped_column(unique=True)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    text: Mapped[str]
    link: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str]
    handed_in_at: Mapped[datetime]
    handed_in_by: Mapped[str]
    judged_at: Mapped[datetime | None]
    judged_by: Mapped[str | None]

    def why_not(self, verb: Verb) -> Sentence | None:
        """Why the verb cannot be done, if it cannot."""
        return None if self.state in _MAY[verb] else _WHY[self.state]

    def hand_in(self, *, text: str, link: str, by: str, at: datetime) -> None:
        """Put this in place of what was handed in before. Raises Refusal once it is accepted, Invalid."""
        self._insist("hand_in")
        faultless(text=text, link=link)
        self.text, self.link, self.state, self.reason = text, link, "handed_in", ""
        self.handed_in_by, self.handed_in_at = by, at
        self.judged_by = self.judged_at = None
        self.advance()

    def accept(self, *, by: str, at: datetime) -> None:
        """It is what was asked for. Raises Refusal."""
        self._insist("accept")
        self.state, self.reason, self.judged_by, self.judged_at = "accepted", "", by, at
        self.advance()

    def hand_back(self, *, reason: str, by: str, at: datetime) -> None:
        """It has to be improved, and why. Raises Refusal, Invalid without a reason."""
        self._insist("hand_back")
        if not reason:
            raise Invalid(
                Sentence(zh="请写明退回的原因，学员会看到。", en="Say why: the trainee will read it."),
                field="reason",
            )
        if len(reason) > LONGEST_REASON:
            raise Invalid(too_long(LONGEST_REASON), field="reason")
        self.state, self.reason, self.judged_by, self.judged_at = "returned", reason, by, at
        self.advance()

    def _insist(self, verb: Verb) -> None:
        if reason := self.why_not(verb):
            raise Refusal(reason)


def faultless(*, text: str, link: str) -> None:
    """Raise Invalid where this is nothing that can be handed in."""
    if not text and not link:
        raise Invalid(
            Sentence(
                zh="请写下成果的内容，或填写它的网址。", en="Write what you hand in, or give its address."
            ),
            field="text",
        )
    if len(text) > LONGEST_TEXT:
        raise Invalid(too_long(LONGEST_TEXT), field="text")
    if len(link) > LONGEST_LINK:
        raise Invalid(too_long(LONGEST_LINK), field="link")
    if link and not _is_address(link):
        raise Invalid(
            Sentence(
                zh="网址要以 http:// 或 https:// 开头。", en="An address begins with http:// or https://."
            ),
            field="link",
        )


def _is_address(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:  # such as a bracket that is never closed
        return False
    return (
        parts.scheme in {"http", "https"} and bool(parts.netloc) and not any(each.isspace() for each in link)
    )


class Wait(Base):
    """That somebody has outcomes of a programme to hand in, or to judge, and how many. Counts its versions for its task.

    whom: as a task's audience says it: a school's liaison and an account hand in, a coordinator judges.
    """

    __tablename__ = "outcome_waits"

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"), primary_key=True)
    whom: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    count: Mapped[int]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    def turn(self, count: int, *, at: datetime) -> bool:
        """So many wait now; answers whether that is anything new."""
        if count == (0 if self.closed_at else self.count):
            return False
        if count and self.closed_at:
            self.opened_at = at
        self.count, self.closed_at = count, None if count else at
        self.version += 1
        return True

    def task(self, *, title: str, asked: str, due: datetime | None) -> SchedulingTask:
        """Whether it waits; as of its version. asked: what the programme wants; due: when the programme ends."""
        zh, en, verb = self._said(title, asked)
        return SchedulingTask(
            task_id=named("scheduling.outcomes", f"{self.programme_id}/{self.whom}"),
            version=self.version,
            audiences=(self.whom,),
            sentence_zh=zh,
            sentence_en=en,
            verb_zh=verb.zh,
            verb_en=verb.en,
            link=f"/scheduling/outcomes?programme={self.programme_id}"
            if self.whom.startswith("account:")
            else f"/scheduling/programmes/{self.programme_id}/outcomes",
            opened_at=self.opened_at,
            due=due,
            closed_at=self.closed_at,
        )

    def _said(self, title: str, asked: str) -> tuple[str, str, Sentence]:
        if self.whom.startswith("coordinator@"):
            return (
                f"验收成果：《{title}》有 {self.count} 份成果等待验收。",
                f"Judge outcomes: {self.count} of “{title}” wait for you.",
                Sentence(zh="去验收", en="Judge them"),
            )
        hand_in = Sentence(zh="去提交", en="Hand in")
        if self.whom.startswith("account:"):
            return (
                f"提交成果：《{title}》要求你提交“{asked}”。",
                f"Hand in an outcome: “{title}” asks you for “{asked}”.",
                hand_in,
            )
        return (
            f"提交成果：《{title}》要求“{asked}”，你校还有 {self.count} 人没有提交或要修改。",
            f"Hand in outcomes: “{title}” asks for “{asked}”; {self.count} of your people have not, or have to improve theirs.",
            hand_in,
        )
