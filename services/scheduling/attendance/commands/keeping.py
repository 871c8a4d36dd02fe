"""Opening and shutting a door, and keeping its list by hand."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from services.scheduling.attendance.commands.recording import recorded, why_not_record, write
from services.scheduling.attendance.model import STATES, CheckIn, Presence, PresenceState
from services.scheduling.attendance.queries import door_of, expected_at, no_such_door
from services.scheduling.hosting.model import may_host
from services.scheduling.sessions.model import Session
from services.scheduling.sessions.queries import no_such_session
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence

#: What a note on a correction may have of characters.
LONGEST_REASON = 200


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
    if refused := why_not_record(session):
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
        there = recorded(tx, door, one.id)
        if there is not None and there.state == state:
            continue
        arrived = None if state in {"absent", "excused"} else (there and there.arrived_at) or tx.now
        written.append(
            write(tx, door, session, one, state=state, how="list", arrived_at=arrived, reason=reason)
        )
    return written


def _hosted(tx: Transaction, session_id: UUID, scopes: Collection[str]) -> Session:
    session = tx.load(Session, session_id)
    if not may_host(scopes, session.host_region):
        raise no_such_session()
    if refused := why_not_record(session):
        raise Refusal(refused)
    return session
