"""Which kinds of session there are. One query each: they are few."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.kinds.model import SessionKind
from shared.text import Sentence


def kinds(db: orm.Session, *, offered: bool = False, besides: str = "") -> dict[str, Sentence]:
    """What each key is called, in their order; retired ones, too.

    offered: only those to choose from, and `besides`, which is chosen already.
    """
    wanted = sa.select(SessionKind.key, SessionKind.zh, SessionKind.en).order_by(
        SessionKind.ordinal, SessionKind.key
    )
    if offered:
        wanted = wanted.where(sa.or_(SessionKind.retired_at.is_(None), SessionKind.key == besides))
    return {key: Sentence(zh=zh, en=en) for key, zh, en in db.execute(wanted)}


def all_kinds(db: orm.Session) -> Sequence[SessionKind]:
    """All of them in their order, those in use first."""
    order = (SessionKind.retired_at.is_not(None), SessionKind.ordinal, SessionKind.key)
    return db.scalars(sa.select(SessionKind).order_by(*order)).all()
