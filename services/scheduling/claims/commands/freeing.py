"""Giving back what a session holds."""

from collections.abc import Collection, Mapping
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.claims.commands.locking import lock
from services.scheduling.claims.model import Claim, Wanted
from services.scheduling.claims.policies import clashes
from services.scheduling.claims.queries import held_against
from services.scheduling.placed.commands import settle
from shared.db import Transaction

Overrides = Mapping[tuple[UUID, str, object, UUID | None], tuple[str | None, object, str | None]]

#: Made once, for to make it costs more than to run it.
_GIVE_BACK = (
    sa.delete(Claim)
    .where(Claim.session_id.in_(sa.bindparam("sessions", expanding=True, type_=sa.Uuid())))
    .returning(
        Claim.session_id,
        Claim.what,
        Claim.starts_at,
        Claim.over_session,
        Claim.status,
        Claim.overridden_by,
        Claim.overridden_at,
        Claim.reason,
    )
)


def free(tx: Transaction, session_id: UUID) -> None:
    """Give back what a session holds; who had to share some of it with this session now has it to themselves."""
    shared = sa.select(Claim).where(Claim.over_session == session_id, Claim.status == "overridden")
    heirs = tx.db.scalars(shared.order_by(Claim.what, Claim.starts_at)).all()
    lock(tx, [claim.what for claim in heirs])
    given_back(tx, [session_id])
    for claim in heirs:
        wish = Wanted(what=claim.what, label="", starts_at=claim.starts_at, ends_at=claim.ends_at)
        if clashes([wish], held_against(tx.db, [wish], besides=[claim.session_id])):
            continue
        claim.status, claim.blocking = "confirmed", True
        tx.db.flush()  # the next heir is to see it
    settle(tx, [session_id])


def given_back(tx: Transaction, session_ids: Collection[UUID]) -> Overrides:
    """Delete what sessions hold, and answer what of it was let stand, beside whom and by whom.

    That need not be said again as long as neither moves.
    """
    # Past the session: claims are written past it, too.
    gone = tx.db.connection().execute(_GIVE_BACK, {"sessions": list(session_ids)})
    return {
        (row.session_id, row.what, row.starts_at, row.over_session): (
            row.overridden_by,
            row.overridden_at,
            row.reason,
        )
        for row in gone
        if row.status == "overridden"
    }
