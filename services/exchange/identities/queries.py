"""Reads about identities."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.identities.model import Identity
from shared.roster import roster_people


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


def names_of(db: Session, actors: Collection[str]) -> dict[str, str]:
    """What the people behind these actors (`account:ID`) are called, where the roster knows. One query."""
    accounts = {
        UUID(each.partition(":")[2]): each
        for each in actors
        if each.startswith("account:") and len(each) == _ACTOR
    }
    rows = db.execute(
        sa.select(Identity.account_id, roster_people.c.name)
        .join(roster_people, roster_people.c.person_id == Identity.person_id)
        .where(Identity.account_id.in_(list(accounts)))
    )
    return {accounts[row.account_id]: row.name for row in rows}


#: Signs of the actor of an account.
_ACTOR = len("account:") + 36
