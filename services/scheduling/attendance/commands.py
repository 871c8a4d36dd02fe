"""Opening a door, coming through it, entering who was there, and correcting that."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.attendance.model import (
    STATES,
    CheckIn,
    Correction,
    How,
    Presence,
    PresenceState,
    WrongCode,
)
from services.scheduling.attendance.policies import (
    PAUSE,
    WRONG_AT_MOST,
    WRONG_OF_ADDRESS,
    is_kept,
    is_scanned,
    is_typed,
)
from services.scheduling.attendance.queries import Expected, door_of, expected_at, no_such_door
from services.scheduling.hosting.model import may_host
from services.scheduling.sessions.model import Session
from services.scheduling.sessions.queries import no_such_session
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence

#: What became of a code: who it was is in, has been before, is nobody who is expected; it was wrong; too many were; closed.
Verdict = Literal["in", "twice", "unknown", "wrong", "paused", "closed"]

#: What a note on a correction may have of characters.
LONGEST_REASON = 200


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


def open_door(tx: Transaction, *, session_id: UUID, starts_at: datetime, scopes: Collection[str]) -> CheckIn:
    """Let people check in to an occurrence of a session that is theirs. Raises NotFound, Refusal."""
    session = _hosted(tx, session_id, scopes)
    occurrence = next((each for each in session.occurrences if each.starts_at == starts_at), None)
    if occurrence is None:
        raise no_such_door()
    if door := door_of(tx.db, session_id, starts_at):
        door = tx.load(CheckIn, door.id)
        door.switch(open_=True)
    else:
        door = CheckIn(
            id=uuid7(),
            version=1,
            session_id=session_id,
            starts_at=occurrence.starts_at,
            ends_at=occurrence.ends_at,
            secret=secrets.token_bytes(32),
            open=True,
            opened_by=tx.actor,
            opened_at=tx.now,
        )
        tx.db.add(door)
    tx.record(what="scheduling.attendance.opened", subject_kind="check_in", subject=door.id)
    return door


def shut_door(tx: Transaction, *, check_in_id: UUID, scopes: Collection[str]) -> CheckIn:
    """Accept no more codes; lists still are. Raises NotFound, Refusal."""
    door = tx.load(CheckIn, check_in_id)
    _hosted(tx, door.session_id, scopes)
    door.switch(open_=False)
    tx.record(what="scheduling.attendance.shut", subject_kind="check_in", subject=door.id)
    return door


def come_in(tx: Transaction, *, check_in_id: UUID, shown: Shown, who: Self) -> Answer:
    """Somebody shows a code. Raises NotFound; whatever else is wrong is in the answer, and wrong codes are counted."""
    door = tx.load(CheckIn, check_in_id)
    session = tx.db.get_one(Session, door.session_id)
    at = shown.scanned_at or tx.now
    if (closed := _why_not_record(session) or door.why_not_now(at)) is not None:
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
    there = _recorded(tx, door, one.id)
    if there is not None and there.there:
        return Answer("twice", presence=there)
    how: How = "kept" if shown.scanned_at else shown.how
    presence = _write(tx, door, session, one, state=door.state_at(at), how=how, arrived_at=at, reason="")
    return Answer("in", presence=presence)


def enter(
    tx: Transaction,
    *,
    check_in_id: UUID,
    states: Mapping[UUID, PresenceState],
    hosts: Collection[str],
    schools: Collection[UUID] = (),
    reason: str = "",
) -> list[Presence]:
    """Enter by the list who was there, or correct it: participants and what they were. Answers what changed.

    Who hosts enters everybody; a liaison the people of the own schools. Raises NotFound, Invalid, Refusal.
    """
    door = tx.load(CheckIn, check_in_id)
    session = tx.db.get_one(Session, door.session_id)
    expected = {one.id: one for one in expected_at(tx.db, session)}
    if not may_host(hosts, session.host_region):
        expected = {id_: one for id_, one in expected.items() if one.school_id in schools}
        if not expected:
            raise no_such_door()
    if refused := _why_not_record(session):
        raise Refusal(refused)
    if len(reason) > LONGEST_REASON:
        raise Invalid(
            Sentence(zh="说明最多 200 个字。", en="A note has at most 200 characters."), field="reason"
        )
    written = []
    for participant_id, state in states.items():
        one = expected.get(participant_id)
        if one is None or state not in STATES:
            raise Invalid(
                Sentence(
                    zh="名单上没有这个人，请刷新后再登记。", en="Somebody is not on the list; load it anew."
                ),
                field="states",
            )
        there = _recorded(tx, door, one.id)
        if there is not None and there.state == state:
            continue
        arrived = None if state in {"absent", "excused"} else (there and there.arrived_at) or tx.now
        written.append(
            _write(tx, door, session, one, state=state, how="list", arrived_at=arrived, reason=reason)
        )
    return written


def _tried_too_often(tx: Transaction, door: CheckIn, who: Self) -> bool:
    wrong = sa.select(sa.func.count()).where(WrongCode.check_in_id == door.id, WrongCode.at > tx.now - PAUSE)
    if (tx.db.scalar(wrong.where(WrongCode.who == who.who)) or 0) >= WRONG_AT_MOST:
        return True
    of_address = wrong.where(WrongCode.who.startswith(who.address, autoescape=True))
    return bool(who.address) and (tx.db.scalar(of_address) or 0) >= WRONG_OF_ADDRESS


def _write(
    tx: Transaction,
    door: CheckIn,
    session: Session,
    one: Expected,
    *,
    state: PresenceState,
    how: How,
    arrived_at: datetime | None,
    reason: str,
) -> Presence:
    presence = _recorded(tx, door, one.id)
    if presence is None:
        presence = Presence(
            id=uuid7(),
            version=1,
            check_in_id=door.id,
            session_id=session.id,
            participant_id=one.id,
            person_id=one.person_id,
            school_id=one.school_id,
            name=one.name,
            starts_at=door.starts_at,
            minutes=int((door.ends_at - door.starts_at).total_seconds() // 60),
        )
        tx.db.add(presence)
    else:
        tx.db.add(
            Correction(
                id=uuid7(),
                presence_id=presence.id,
                was=presence.state,
                now=state,
                reason=reason,
                by=tx.actor,
                at=tx.now,
            )
        )
        presence.advance()
    presence.state, presence.how, presence.arrived_at = state, how, arrived_at
    presence.recorded_at, presence.recorded_by = tx.now, tx.actor
    if (event := presence.told(kind=session.kind, title=session.title)) is not None:
        tx.emit(event)
    return presence


def _recorded(tx: Transaction, door: CheckIn, participant_id: UUID) -> Presence | None:
    return tx.db.scalar(
        sa.select(Presence).where(Presence.check_in_id == door.id, Presence.participant_id == participant_id)
    )


def _hosted(tx: Transaction, session_id: UUID, scopes: Collection[str]) -> Session:
    session = tx.load(Session, session_id)
    if not may_host(scopes, session.host_region):
        raise no_such_session()
    if refused := _why_not_record(session):
        raise Refusal(refused)
    return session


def _why_not_record(session: Session) -> Sentence | None:
    """Why nobody's attendance is recorded in the state that it is in."""
    return {
        "draft": Sentence(zh="活动还没有发布，不能签到。", en="It is not released; nobody can check in."),
        "cancelled": Sentence(zh="活动已经取消。", en="It was cancelled."),
        "postponed": Sentence(zh="活动已延期，定下新的时间后再签到。", en="It is postponed."),
        "closed": Sentence(
            zh="活动已经办结，考勤不再改动。", en="It is closed; attendance does not change any more."
        ),
    }.get(session.state)


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
