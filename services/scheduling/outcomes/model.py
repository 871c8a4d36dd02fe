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
from shared.db import Aggregate
from shared.errors import Invalid, Refusal
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
