"""Reads about materials, within the right of who asks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.hosting.model import may_host
from services.scheduling.lifecycle.model import TAKING
from services.scheduling.materials.model import Material
from services.scheduling.places.model import Place
from services.scheduling.programmes.model import Trainee
from services.scheduling.sessions.model import Session
from services.scheduling.sessions.queries import no_such_session


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks: the scopes they plan in, the schools they answer for, and who of the register they are, if anybody."""

    scopes: Collection[str]
    schools: Collection[UUID] = frozenset()
    person_id: UUID | None = None


def materials_of(db: orm.Session, session_id: UUID) -> Sequence[Material]:
    """In the order in which they were added. One query."""
    of_it = sa.select(Material).where(Material.session_id == session_id)
    return db.scalars(of_it.order_by(Material.added_at, Material.id)).all()


def session_for(db: orm.Session, session_id: UUID, asks: Asking) -> Session:
    """The session, for its host, for schools that were told of it, and for who takes part. Raises NotFound."""
    session = db.get(Session, session_id)
    if session is None:
        raise no_such_session()
    if may_host(asks.scopes, session.host_region):
        return session
    told = session.state in {*TAKING, "postponed"}
    if told and (
        set(asks.schools) & set(session.invited_schools) or _takes_part(db, session, asks.person_id)
    ):
        return session
    raise no_such_session()


def _takes_part(db: orm.Session, session: Session, person_id: UUID | None) -> bool:
    if person_id is None:
        return False
    if person_id in {leader.person_id for leader in session.led_by or ()}:
        return True
    subjects = [each for each in (session.id, session.programme_id) if each]
    listed = sa.exists().where(Trainee.programme_id.in_(subjects), Trainee.person_id == person_id)
    placed = sa.exists().where(
        Place.enrolment_id.in_(subjects), Place.person_id == person_id, Place.state == "in"
    )
    return db.scalar(sa.select(sa.or_(listed, placed))) is True
