"""What exchange's facts do here: they are never refused. Where one collides with a released session, somebody is asked to look."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.claims.model import Claim
from services.scheduling.lifecycle.model import TAKING
from services.scheduling.placed.model import THERE, Collision, Placed
from services.scheduling.placed.queries import apart, titles_of
from services.scheduling.sessions.model import Session
from shared.contracts.exchange import PlacementChanged
from shared.contracts.scheduling import SchedulingTask
from shared.db import Transaction
from shared.ids import named
from shared.roster import roster_people

_EVERYWHERE = "000000"


def keep_placement(tx: Transaction, event: PlacementChanged) -> None:
    """Keep a placement's newest state, and say with which released sessions it collides now, or does not any more."""
    known = tx.db.get(Placed, event.placement_id)
    if known is not None and known.version >= event.version:
        return
    if known is None:
        if event.state not in THERE:
            return  # who never was there is busy nowhere
        known = Placed(placement_id=event.placement_id)
        tx.db.add(known)
    known.version, known.person_id, known.kind = event.version, event.person_id, event.kind
    known.host_school_id, known.host_region = event.host_school_id, event.host_region
    known.there = event.state in THERE
    known.starts_on, known.ends_on = event.starts_on, event.ends_on
    tx.db.flush()  # claims are compared with it
    look_again(tx, known)


def look_again(tx: Transaction, placed: Placed) -> None:
    """Compare a placement with what is released: new collisions are told, those that are over are settled."""
    noted = {
        each.session_id: each
        for each in tx.db.scalars(sa.select(Collision).where(Collision.placement_id == placed.placement_id))
    }
    now = _colliding(tx, placed) if placed.there else {}
    for session_id, session in now.items():
        collision = noted.get(session_id)
        if collision is None:
            collision = Collision(
                placement_id=placed.placement_id, session_id=session_id, version=0, noted_at=tx.now
            )
            tx.db.add(collision)
        elif collision.settled_at is None:
            continue
        collision.version, collision.settled_at = collision.version + 1, None
        _say(tx, placed, session, collision)
    for session_id, collision in noted.items():
        if session_id in now or collision.settled_at is not None:
            continue
        collision.version, collision.settled_at = collision.version + 1, tx.now
        if (was := tx.db.get(Session, session_id)) is not None:
            _say(tx, placed, was, collision)


def settle(tx: Transaction, session_ids: Iterable[UUID]) -> None:
    """After sessions were planned differently: look again at the placements with which they collided."""
    open_ = tx.db.scalars(
        sa.select(Collision.placement_id)
        .where(Collision.session_id.in_(list(session_ids)), Collision.settled_at.is_(None))
        .distinct()
    ).all()
    for placement_id in open_:
        if (placed := tx.db.get(Placed, placement_id)) is not None:
            look_again(tx, placed)


def _colliding(tx: Transaction, placed: Placed) -> dict[UUID, Session]:
    """The released sessions to come, elsewhere, that have a firm claim on the person meanwhile; those that were let stand not."""
    found = tx.db.scalars(
        sa.select(Session)
        .join(Claim, Claim.session_id == Session.id)
        .where(
            Claim.what == f"person:{placed.person_id}",
            Claim.blocking,
            Claim.starts_at < placed.ends_at,
            Claim.ends_at > max(placed.starts_at, tx.now),
            Session.state.in_(TAKING),
        )
        .distinct()
    )
    return {session.id: session for session in found if apart(placed, session)}


def _say(tx: Transaction, placed: Placed, session: Session, collision: Collision) -> None:
    """The task of whoever hosts the session."""
    name = tx.db.scalar(sa.select(roster_people.c.name).where(roster_people.c.person_id == placed.person_id))
    title = titles_of(tx.db, [placed])[placed.placement_id]
    host = session.host_region
    tx.emit(
        SchedulingTask(
            task_id=named("scheduling.placed", f"{placed.placement_id}/{session.id}"),
            version=collision.version,
            audiences=("coordinator@all" if host == _EVERYWHERE else f"coordinator@region:{host}",),
            sentence_zh=f"时间冲突：《{session.title}》期间{name or '一位教师'}在外交流（{title}）。换人、改期，或说明理由保留。",
            sentence_en=f"A collision: {name or 'a teacher'} is placed elsewhere ({title}) during “{session.title}”. Name another, move it, or say why it stays.",
            verb_zh="去处理",
            verb_en="See to it",
            link=f"/scheduling/sessions/{session.id}",
            opened_at=collision.noted_at,
            due=session.starts_at,
            closed_at=collision.settled_at,
        )
    )
