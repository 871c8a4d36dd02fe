"""Claims: what a session takes, when, and how firmly.

Two blocking claims on one thing never overlap. On PostgreSQL an exclusion constraint holds that (migration 0004), on
SQLite the one writer; both look first, under a lock for each thing, so that the loser is told of whom and when.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from services.scheduling.breakouts.model import Breakout
from services.scheduling.plans.model import LONGEST, too_long
from services.scheduling.sessions.model import Session
from shared.errors import Invalid, Refusal
from shared.text import Sentence

Status = Literal["draft", "pending", "confirmed", "overridden"]

#: Claims that keep others out. What is asked for keeps others out, too: else two could be promised the same.
BLOCKING: frozenset[Status] = frozenset({"pending", "confirmed"})

#: Words that name no place: each means another one for everybody, or none yet.
_NOWHERE = re.compile(r"示范校|接收学校|各组|各校|各班|分组|线上|网上|自定|待定|未定|另行通知|tbd|online")
#: Names that every county has one of: they mean the host's own.
_GENERIC = re.compile(
    r"(第?[一二三四五六七八九十\d]*(号|大|小|多功能)?(报告厅|会议室|教室|录播室|礼堂|操场|食堂|机房))"
)


class Claim(Base):
    """That a session takes a thing for a while. Rows are written past the mapper, many at a time.

    what: `person:ID`, `place:…` or `account:…`. starts_at, ends_at: half-open. occurrence: which of the session's, from 0.
    blocking: as its status says. overridden_by, overridden_at, reason, over_session: who let it stand beside another
    session's claim, when, why and beside whose.
    """

    __tablename__ = "claims"
    __table_args__ = (Index("ix_claims_what_starts_at", "what", "starts_at"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    what: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[str]
    blocking: Mapped[bool]
    session_id: Mapped[UUID] = mapped_column(index=True)
    occurrence: Mapped[int]
    overridden_by: Mapped[str | None]
    overridden_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    over_session: Mapped[UUID | None] = mapped_column(index=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a session would take. label: what people call it. pending: it is only asked for, and keeps others out all the same."""

    what: str
    label: str
    starts_at: datetime
    ends_at: datetime
    occurrence: int = 0
    pending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What another session takes. title, host_region, programme_id: of that session.

    placed: it is no session but a placement, by which somebody works at another school; session_id is its id then.
    """

    what: str
    starts_at: datetime
    ends_at: datetime
    blocking: bool
    session_id: UUID
    title: str
    host_region: str
    programme_id: UUID | None = None
    placed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """What a session would take from another. session_id, title: the other, None where it is not the reader's to know.

    kind: `person`, `place` or `account`. starts_at, ends_at: how long the other has it. firm: whether it keeps this one
    out; a draft's wish does not. accepted_by, reason: who let it stand, and why.
    """

    kind: str
    label: str
    occurrence: int
    starts_at: datetime
    ends_at: datetime
    session_id: UUID | None
    title: str | None
    firm: bool = True
    accepted_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """When an occurrence could take place instead: nothing that it needs is taken then."""

    occurrence: int
    starts_at: datetime
    ends_at: datetime


class Taken(Refusal):
    """Others have what a session needs. `conflicts` names who and when, `offers` the nearest times that are free."""

    def __init__(self, conflicts: tuple[Conflict, ...], offers: tuple[Offer, ...]) -> None:
        """Say the first conflict in words, and how many more there are."""
        self.conflicts, self.offers = conflicts, offers
        first, more = sentence_of(conflicts[0]), len(conflicts) - 1
        super().__init__(
            Sentence(
                zh=first.zh + (f"另有 {more} 处冲突。" if more else ""),
                en=first.en + (f" There are {more} more conflicts." if more else ""),
            )
        )

    def members(self) -> Mapping[str, object]:
        """What a program reads of it beside the sentence."""
        return {
            "conflicts": [
                {
                    "kind": conflict.kind,
                    "label": conflict.label,
                    "occurrence": conflict.occurrence,
                    "starts_at": conflict.starts_at.isoformat(),
                    "ends_at": conflict.ends_at.isoformat(),
                    "session_id": conflict.session_id and str(conflict.session_id),
                    "title": conflict.title,
                    "detail": sentence_of(conflict),
                }
                for conflict in self.conflicts
            ],
            "offers": [
                {
                    "occurrence": offer.occurrence,
                    "starts_at": offer.starts_at.isoformat(),
                    "ends_at": offer.ends_at.isoformat(),
                }
                for offer in self.offers
            ],
        }


def sentence_of(conflict: Conflict) -> Sentence:
    """Who or what is taken, by whom; the times stand beside it, in the reader's zone."""
    of = (
        Sentence(zh=f"《{conflict.title}》", en=f"“{conflict.title}”")
        if conflict.title is not None
        else Sentence(zh="其他区域的一项活动", en="a session of another region")
    )
    if conflict.kind == "person":
        return Sentence(
            zh=f"{conflict.label}这段时间已安排在{of.zh}。", en=f"{conflict.label} is taken by {of.en} then."
        )
    return Sentence(
        zh=f"“{conflict.label}”这段时间已被{of.zh}占用。", en=f"“{conflict.label}” is taken by {of.en} then."
    )


def wanted_by(
    session: Session,
    people: Mapping[UUID, str],
    *,
    waiting: Collection[UUID] = (),
    groups: Sequence[Breakout] = (),
) -> list[Wanted]:
    """All that a session takes: who leads it or a group of it, `people` who take part (id and name), places and accounts.

    waiting: those of the people who wait for a place: their time is asked for. Who or what is only a placeholder (专家A, 示范校) takes nothing. Sorted, as locks and rows are to be.
    """
    leaders = {leader.person_id: leader.name for leader in session.led_by or () if leader.person_id}
    leaders |= {group.person_id: group.led_by for group in groups if group.person_id}
    pending = {f"person:{id_}" for id_ in waiting if id_ not in leaders}
    found: dict[tuple[str, datetime], Wanted] = {}
    for number, occurrence in enumerate(session.occurrences):
        things = {f"person:{id_}": name for id_, name in {**people, **leaders}.items()}
        for place in (occurrence.place, *(group.place for group in groups)):
            if key := place_key(place, session.host_region):
                things.setdefault(key, place)
        if key := _key("account", occurrence.account, session.host_region):
            things[key] = occurrence.account
        for what, label in things.items():
            found[what, occurrence.starts_at] = Wanted(
                what=what,
                label=label,
                starts_at=occurrence.starts_at,
                ends_at=occurrence.ends_at,
                occurrence=number,
                pending=what in pending,
            )
    return [found[key] for key in sorted(found)]


def place_key(place: str, host_region: str) -> str | None:
    """What a place written as text is claimed as, or None where the words name none.

    A name is taken to mean one place within a prefecture; a bare 报告厅 means the host's own.
    """
    return _key("place", place, host_region)


def stated(reason: str) -> str:
    """Why somebody lets a conflict stand. Raises Invalid where they do not say."""
    if not reason:
        raise Invalid(
            Sentence(zh="请写明为什么仍要这样安排。", en="Say why it is planned all the same."),
            field="override",
        )
    if len(reason) > LONGEST:
        raise Invalid(too_long(LONGEST), field="override")
    return reason


def _key(kind: str, text: str, host_region: str) -> str | None:
    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
    if not plain or (kind == "place" and _NOWHERE.search(plain)):
        return None
    whose = host_region if kind == "place" and _GENERIC.fullmatch(plain) else host_region[:4]
    return f"{kind}:{whose}:{plain}"
