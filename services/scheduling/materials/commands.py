"""Adding what a session gives out, and taking it away."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.hosting.model import may_host
from services.scheduling.materials.model import MOST, Material, faultless
from services.scheduling.sessions.model import Session
from services.scheduling.sessions.queries import no_such_session
from shared.db import Transaction
from shared.errors import NotFound, Refusal
from shared.ids import uuid7
from shared.text import Sentence


def add_material(
    tx: Transaction, *, session_id: UUID, title: str, link: str, scopes: Collection[str]
) -> Material:
    """Give it out with the session. Raises NotFound, Invalid, Refusal where there are too many."""
    _hosted(tx, session_id, scopes)
    faultless(title=title, link=link)
    there = sa.select(sa.func.count()).where(Material.session_id == session_id)
    if (tx.db.scalar(there) or 0) >= MOST:
        raise Refusal(
            Sentence(
                zh=f"一次活动最多 {MOST} 份材料，请先删去不用的。",
                en=f"A session gives out at most {MOST}; take one away that is not needed.",
            )
        )
    made = Material(
        id=uuid7(), session_id=session_id, title=title, link=link, added_by=tx.actor, added_at=tx.now
    )
    tx.db.add(made)
    tx.record(what="scheduling.material.added", subject_kind="session", subject=session_id)
    return made


def remove_material(tx: Transaction, *, session_id: UUID, material_id: UUID, scopes: Collection[str]) -> None:
    """Give it out no more. Raises NotFound."""
    _hosted(tx, session_id, scopes)
    found = tx.db.get(Material, material_id)
    if found is None or found.session_id != session_id:
        raise NotFound(Sentence(zh="没有这份材料。", en="There is no such material."))
    tx.db.delete(found)
    tx.record(what="scheduling.material.removed", subject_kind="session", subject=session_id)


def _hosted(tx: Transaction, session_id: UUID, scopes: Collection[str]) -> Session:
    session = tx.load(Session, session_id)  # two who add at the same moment come one after the other
    if not may_host(scopes, session.host_region):
        raise no_such_session()
    return session
