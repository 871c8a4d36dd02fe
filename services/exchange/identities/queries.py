"""Reads about identities."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.identities.model import Identity


def person_of(db: Session, account_id: UUID) -> UUID | None:
    """Who of the roster the account belongs to, or None. One query."""
    return db.scalar(sa.select(Identity.person_id).where(Identity.account_id == account_id))


def accounts_of(db: Session, person_id: UUID) -> list[UUID]:
    """The accounts that belong to somebody. One query."""
    return list(
        db.scalars(
            sa.select(Identity.account_id)
            .where(Identity.person_id == person_id)
            .order_by(Identity.account_id)
        )
    )
