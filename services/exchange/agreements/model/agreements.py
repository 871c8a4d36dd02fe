"""An agreement between parties: its contents never change, a new one takes the place of the last.

draft ──ask──▶ asked ──every party approves──▶ agreed ──terminate──▶ terminated
  ▲              ├──reject──▶ rejected            │
  └──revise──────┴───────────────┘                └──revise──▶ asked, while what was agreed stays in force
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.exchange.agreements.model.terms import Terms
from services.exchange.base import Base
from shared.db import Aggregate
from shared.errors import Invalid, Refusal
from shared.text import Sentence

State = Literal["draft", "asked", "agreed", "rejected", "withdrawn", "terminated"]

STATES: Mapping[str, Sentence] = {
    "draft": Sentence(zh="草稿", en="Draft"),
    "asked": Sentence(zh="征求同意", en="To be approved"),
    "agreed": Sentence(zh="已生效", en="Agreed"),
    "rejected": Sentence(zh="未同意", en="Rejected"),
    "withdrawn": Sentence(zh="已撤回", en="Withdrawn"),
    "terminated": Sentence(zh="已终止", en="Terminated"),
}
#: From which states a verb leads on.
MAY: Mapping[str, frozenset[str]] = {
    "revise": frozenset({"draft", "asked", "agreed", "rejected"}),
    "ask": frozenset({"draft"}),
    "approve": frozenset({"asked"}),
    "reject": frozenset({"asked"}),
    "withdraw": frozenset({"draft", "asked", "rejected"}),
    "terminate": frozenset({"agreed"}),
}
VERBS: Mapping[str, Sentence] = {
    "revise": Sentence(zh="修改", en="revise"),
    "ask": Sentence(zh="征求同意", en="ask for approval"),
    "approve": Sentence(zh="同意", en="approve"),
    "reject": Sentence(zh="不同意", en="reject"),
    "withdraw": Sentence(zh="撤回", en="withdraw"),
    "terminate": Sentence(zh="终止", en="terminate"),
}


class Agreement(Aggregate, Base):
    """What holds the contents together. parties: scopes, in the order of the contract; proposer: the one who drafted it.

    content: the number of the newest content; in_force: of the one that all approved. title, starts_on, ends_on: of the newest.
    """

    __tablename__ = "agreements"
    __table_args__ = (CheckConstraint(f"state IN {tuple(STATES)}", name="state"),)

    title: Mapped[str]
    parties: Mapped[list[str]]
    proposer: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    content: Mapped[int]
    in_force: Mapped[int | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str]
    terminated_on: Mapped[date | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    def why_not(self, verb: str) -> Sentence | None:
        """Why the verb leads nowhere now, or None."""
        if self.state in MAY[verb]:
            return None
        possible = [VERBS[each] for each, states in MAY.items() if self.state in states]
        return Sentence(
            zh=f"这份协议{STATES[self.state].zh}，不能{VERBS[verb].zh}。"
            + (f"现在可以：{'、'.join(each.zh for each in possible)}。" if possible else ""),
            en=f"This agreement is in the state “{STATES[self.state].en}”: it is not possible to {VERBS[verb].en}."
            + (f" Possible now: {', '.join(each.en for each in possible)}." if possible else ""),
        )

    def insist(self, verb: str) -> None:
        """Raise Refusal where the verb leads nowhere."""
        if refused := self.why_not(verb):
            raise Refusal(refused)

    def follow(self, terms: Terms, *, at: datetime) -> "Content":
        """Write the next content. What is asked for is asked anew, and what is agreed stays in force meanwhile."""
        self.content += 1
        self.title, self.starts_on, self.ends_on = terms.title, terms.starts_on, terms.ends_on
        self.changed_at = at
        return Content(
            agreement_id=self.id, number=self.content, terms=terms.written(), sha256=terms.sha256, at=at
        )

    def terminate(self, *, on: date, today: date, terms: Terms, reason: str) -> None:
        """End it before its time, once the notice has passed. Raises Refusal, Invalid."""
        self.insist("terminate")
        earliest = today + timedelta(days=terms.notice_days)
        if on < earliest:
            raise Invalid(
                Sentence(
                    zh=f"协议约定提前 {terms.notice_days} 天告知，最早可在 {earliest:%Y-%m-%d} 终止。",
                    en=f"The agreement wants a notice of {terms.notice_days} days: {earliest:%Y-%m-%d} at the earliest.",
                ),
                field="on",
            )
        if not reason:
            raise Invalid(
                Sentence(zh="请写明原因，各方都会看到。", en="Say why: all parties will read it."),
                field="reason",
            )
        self.state, self.terminated_on, self.reason = "terminated", on, reason


class Content(Base):
    """What an agreement says in one version of it; never changed."""

    __tablename__ = "agreement_contents"

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    terms: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str]


class Answer(Base):
    """A party's answer to one content. sha256: of the content that was before their eyes."""

    __tablename__ = "agreement_answers"

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreements.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    party: Mapped[str] = mapped_column(primary_key=True)
    approved: Mapped[bool]
    sha256: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str]


def waiting_of(agreement: Agreement, answers: Iterable[Answer]) -> tuple[str, ...]:
    """The parties that are to answer and have not, in their order."""
    if agreement.state != "asked":
        return ()
    said: Collection[str] = {each.party for each in answers if each.number == agreement.content}
    return tuple(party for party in agreement.parties if party not in said)
