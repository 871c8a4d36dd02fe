"""Demonstration: who was at a class that is over, what they handed in, and the certificates that were issued for it."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from services.scheduling.attendance.model import CheckIn, Presence
from services.scheduling.certificates.model import Certificate, Serial
from services.scheduling.outcomes.model import Outcome
from services.scheduling.plans.model import ZONE
from services.scheduling.programmes.model import Programme, Trainee
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.ids import named

#: Of these trainees, by their place on the roster, the first was away for some days, the second came late once.
_AWAY, _LATE, _SICK_DAYS = 17, 23, 4


def demonstrate_attendance(
    tx: Transaction,
    *,
    programme: Programme,
    sessions: Sequence[Session],
    trainees: Sequence[Trainee],
    issuer: str,
    schools: Mapping[UUID, UUID] = MappingProxyType({}),
) -> None:
    """A door and a list for each session, and a certificate for everybody but one, who was away too often.

    schools: by person, of those whom the directory has.
    """
    for number, session in enumerate(sessions):
        door = CheckIn(
            id=named("demonstration", f"{session.id}/door"),
            version=2,
            session_id=session.id,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            secret=hashlib.sha256(f"{session.id}".encode()).digest(),  # nobody checks in to what is over
            open=False,
            opened_by=tx.actor,
            opened_at=session.starts_at - timedelta(hours=1),
        )
        tx.db.add(door)
        tx.db.flush()  # its list refers to it
        for each in trainees:
            presence = _presence(door, each, number=number, by=tx.actor)
            presence.school_id = schools.get(each.person_id) if each.person_id else None
            tx.db.add(presence)
            if (event := presence.told(kind=session.kind, title=session.title)) is not None:
                tx.emit(event)
    issued = sessions[-1].ends_at
    complete = [each for each in trainees if each.ordinal != _AWAY]
    tx.db.add(Serial(region_code=programme.host_region, year=issued.year, last=len(complete)))
    for serial, trainee in enumerate(complete, start=1):
        tx.db.add(_outcome(programme, trainee, at=issued))
        printed = f"{programme.host_region}-{issued.year}-{serial:05}"
        tx.db.add(
            Certificate(
                id=named("demonstration", f"{trainee.id}/certificate"),
                version=1,
                number=printed,
                code=hashlib.sha256(printed.encode()).hexdigest()[:16],
                programme_id=programme.id,
                trainee_id=trainee.id,
                person_id=trainee.person_id,
                name=trainee.name,
                unit=trainee.unit,
                title=programme.title,
                issuer=issuer,
                hours=str(programme.hours),
                begins_on=sessions[0].starts_at.astimezone(ZONE).date(),
                ends_on=sessions[-1].ends_at.astimezone(ZONE).date(),
                issued_at=issued,
                issued_by=tx.actor,
                revoked_at=None,
                reason="",
            )
        )


def _outcome(programme: Programme, trainee: Trainee, *, at: datetime) -> Outcome:
    return Outcome(
        id=named("demonstration", f"{trainee.id}/outcome"),
        version=2,
        programme_id=programme.id,
        trainee_id=trainee.id,
        person_id=trainee.person_id,
        text=f"{programme.outcome.rstrip('。')}：现状与问题、三年目标、分年任务、保障措施。",
        link="",
        state="accepted",
        reason="",
        handed_in_at=at - timedelta(days=1),
        handed_in_by=programme.created_by,
        judged_at=at - timedelta(hours=3),
        judged_by=programme.created_by,
    )


def _presence(door: CheckIn, trainee: Trainee, *, number: int, by: str) -> Presence:
    sick = trainee.ordinal == _AWAY and number < _SICK_DAYS
    late = trainee.ordinal == _LATE and number == 0
    state = "excused" if sick else "late" if late else "present"
    arrived = door.starts_at + (
        timedelta(minutes=14) if late else -timedelta(minutes=3 + trainee.ordinal % 20)
    )
    return Presence(
        id=named("demonstration", f"{door.id}/{trainee.ordinal}"),
        version=1,
        check_in_id=door.id,
        session_id=door.session_id,
        participant_id=trainee.id,
        person_id=trainee.person_id,
        school_id=None,
        name=trainee.name,
        state=state,
        how="list" if sick else "scan",
        starts_at=door.starts_at,
        minutes=int((door.ends_at - door.starts_at).total_seconds() // 60),
        arrived_at=None if sick else arrived,
        recorded_at=door.starts_at,
        recorded_by=by,
    )
