"""Reads about certificates."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.attendance.model import CheckIn, Presence
from services.scheduling.certificates.model import Certificate, Sheets, SheetsPart
from services.scheduling.certificates.policies import Record
from services.scheduling.hosting.model import may_host
from services.scheduling.hours.queries import share_asked
from services.scheduling.outcomes.queries import accepted_in
from services.scheduling.programmes.model import Programme, Trainee
from services.scheduling.programmes.queries import no_such_programme
from services.scheduling.sessions.model import Session
from shared.errors import NotFound
from shared.roster import roster_people, roster_schools
from shared.text import Sentence


def records_of(db: orm.Session, programme_id: UUID) -> list[Record]:
    """Everybody on a programme's roster with what they attended of it, in order. Seven queries. Raises NotFound."""
    sessions = sa.select(Session.id).where(Session.programme_id == programme_id)
    held = db.scalar(sa.select(sa.func.count()).where(CheckIn.session_id.in_(sessions))) or 0
    counted = (
        sa.select(Presence.participant_id, sa.func.count())
        .where(Presence.session_id.in_(sessions), Presence.state.in_(["present", "late"]))
        .group_by(Presence.participant_id)
    )
    attended = dict(db.execute(counted).all())
    people, schools = roster_people.c, roster_schools.c
    rows = db.execute(
        sa.select(
            Trainee.id,
            Trainee.person_id,
            Trainee.name,
            sa.func.coalesce(sa.func.nullif(Trainee.unit, ""), schools.name, ""),
            sa.func.coalesce(Certificate.number, ""),
            sa.func.coalesce(Certificate.code, ""),
            Certificate.id,
        )
        .outerjoin(roster_people, people.person_id == Trainee.person_id)
        .outerjoin(roster_schools, schools.school_id == people.school_id)
        .outerjoin(
            Certificate, sa.and_(Certificate.trainee_id == Trainee.id, Certificate.revoked_at.is_(None))
        )
        .where(Trainee.programme_id == programme_id)
        .order_by(Trainee.ordinal, Trainee.id)
    )
    programme = db.get(Programme, programme_id)
    if programme is None:
        raise no_such_programme()
    share = share_asked(db, programme)
    accepted = accepted_in(db, programme_id)
    return [
        Record(
            trainee_id=id_,
            person_id=person,
            name=name,
            unit=unit,
            attended=attended.get(id_, 0),
            held=held,
            share=share,
            outcome=not programme.outcome or id_ in accepted,
            number=number,
            code=code,
            certificate_id=certificate,
        )
        for id_, person, name, unit, number, code, certificate in rows
    ]


def certificate_of(db: orm.Session, code: str) -> Certificate | None:
    """The certificate that this code verifies, revoked or not."""
    return db.scalar(sa.select(Certificate).where(Certificate.code == code))


def certificate_within(db: orm.Session, certificate_id: UUID, scopes: Collection[str]) -> Certificate:
    """A certificate of a programme that is hosted within the scopes. Raises NotFound."""
    found = db.get(Certificate, certificate_id)
    programme = db.get(Programme, found.programme_id) if found else None
    if found is None or programme is None or not may_host(scopes, programme.host_region):
        raise no_such_certificate()
    return found


def certificates_of(db: orm.Session, programme_id: UUID) -> Sequence[Certificate]:
    """Those of a programme that hold, by number."""
    wanted = sa.select(Certificate).where(
        Certificate.programme_id == programme_id, Certificate.revoked_at.is_(None)
    )
    return db.scalars(wanted.order_by(Certificate.number)).all()


def certificates_held_by(db: orm.Session, person_id: UUID) -> Sequence[Certificate]:
    """Those of a person, the latest first."""
    wanted = sa.select(Certificate).where(Certificate.person_id == person_id)
    return db.scalars(wanted.order_by(Certificate.issued_at.desc(), Certificate.id)).all()


def no_such_certificate() -> NotFound:
    """The error for a certificate that is not there, or not theirs."""
    return NotFound(
        Sentence(
            zh="没有这张证书。请核对证书上的编号和网址。",
            en="There is no such certificate. Check the number and the address on it.",
        )
    )


def sheets_of(db: orm.Session, programme_id: UUID) -> tuple[Sheets, Sequence[SheetsPart]] | None:
    """What was asked to be printed of a programme, if anything was, and its parts that are ready. Two queries."""
    found = db.scalar(sa.select(Sheets).where(Sheets.programme_id == programme_id))
    if found is None:
        return None
    parts = sa.select(SheetsPart).where(SheetsPart.sheets_id == found.id).order_by(SheetsPart.position)
    return found, db.scalars(parts).all()


def printed(db: orm.Session, programme_id: UUID, position: int) -> bytes:
    """A part as PDF. Raises NotFound. One query."""
    wanted = (
        sa.select(SheetsPart.data)
        .join(Sheets, Sheets.id == SheetsPart.sheets_id)
        .where(Sheets.programme_id == programme_id, SheetsPart.position == position)
    )
    data = db.scalar(wanted)
    if data is None:
        raise no_such_certificate()
    return data
