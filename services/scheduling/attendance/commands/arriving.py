"""Coming through a door by a code, and what is answered to one that is wrong."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.attendance.commands.recording import recorded, why_not_record, write
from services.scheduling.attendance.model import CheckIn, How, Presence, WrongCode
from services.scheduling.attendance.policies import (
    PAUSE,
    WRONG_AT_MOST,
    WRONG_OF_ADDRESS,
    is_kept,
    is_scanned,
    is_typed,
)
from services.scheduling.attendance.queries import Expected, expected_at
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.ids import uuid7
from shared.text import Sentence

#: What became of a code: who it was is in, has been before, is nobody who is expected; it was wrong; too many were; closed.
Verdict = Literal["in", "twice", "unknown", "wrong", "paused", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A code that somebody shows: as a scan or typed, or one that the phone kept since `scanned_at` with its ticket."""

    code: str
    how: How
    scanned_at: datetime | None = None
    carried: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Self:
    """Who says to be there: somebody of the register who is signed in, or a name with four digits.

    who: to count wrong codes by. address: what the `who` of everybody begins with who asks from there and is not signed in.
    """

    who: str
    address: str = ""
    account: UUID | None = None
    person_id: UUID | None = None
    name: str = ""
    digits: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it, with the presence where there is one and a sentence where there is none."""

    verdict: Verdict
    presence: Presence | None = None
    sentence: Sentence | None = None


def come_in(tx: Transaction, *, check_in_id: UUID, shown: Shown, who: Self) -> Answer:
    """Somebody shows a code. Raises NotFound; whatever else is wrong is in the answer, and wrong codes are counted."""
    door = tx.load(CheckIn, check_in_id)
    session = tx.db.get_one(Session, door.session_id)
    at = shown.scanned_at or tx.now
    if (closed := why_not_record(session) or door.why_not_now(at)) is not None:
        return Answer("closed", sentence=closed)
    if _tried_too_often(tx, door, who):
        return Answer("paused", sentence=_PAUSED)
    if not _is_right(door, shown, who, now=tx.now):
        tx.db.add(WrongCode(id=uuid7(), check_in_id=door.id, who=who.who, at=tx.now))
        return Answer("wrong", sentence=_OVER if shown.how != "code" else MISTYPED)
    expected = [one for one in expected_at(tx.db, session) if _is(one, who)]
    if len(expected) != 1:
        if not who.person_id:  # a guess at somebody's digits
            tx.db.add(WrongCode(id=uuid7(), check_in_id=door.id, who=who.who, at=tx.now))
        return Answer("unknown", sentence=_UNKNOWN)
    [one] = expected
    there = recorded(tx, door, one.id)
    if there is not None and there.there:
        return Answer("twice", presence=there)
    how: How = "kept" if shown.scanned_at else shown.how
    presence = write(tx, door, session, one, state=door.state_at(at), how=how, arrived_at=at, reason="")
    return Answer("in", presence=presence)


def _tried_too_often(tx: Transaction, door: CheckIn, who: Self) -> bool:
    wrong = sa.select(sa.func.count()).where(WrongCode.check_in_id == door.id, WrongCode.at > tx.now - PAUSE)
    if (tx.db.scalar(wrong.where(WrongCode.who == who.who)) or 0) >= WRONG_AT_MOST:
        return True
    of_address = wrong.where(WrongCode.who.startswith(who.address, autoescape=True))
    return bool(who.address) and (tx.db.scalar(of_address) or 0) >= WRONG_OF_ADDRESS


def _is_right(door: CheckIn, shown: Shown, who: Self, *, now: datetime) -> bool:
    if shown.scanned_at is not None:
        return who.account is not None and is_kept(
            shown.code,
            door.secret,
            door.id,
            account=who.account,
            carried=shown.carried,
            scanned_at=shown.scanned_at,
            now=now,
        )
    right = is_typed if shown.how == "code" else is_scanned
    return right(shown.code, door.secret, door.id, now)


def _is(one: Expected, who: Self) -> bool:
    if who.person_id is not None:
        return one.person_id == who.person_id
    return one.name == who.name and who.digits in one.digits


_PAUSED = Sentence(
    zh="试错的次数太多，请十分钟后再试，或请会务人员登记。",
    en="Too many codes were wrong. Try again in ten minutes, or ask the people at the door.",
)
_OVER = Sentence(
    zh="这个签到码已经过期，请扫大屏幕上现在的码。", en="This code is over. Scan the one on the screen now."
)
MISTYPED = Sentence(
    zh="数字码不对，请看大屏幕再输一次。", en="That is not the code; look at the screen again."
)
_UNKNOWN = Sentence(
    zh="名单上没有找到你。请核对姓名和后四位，或请会务人员登记。",
    en="You are not on the list. Check name and digits, or ask the people at the door to enter you.",
)
