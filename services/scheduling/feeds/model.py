"""An address of a calendar: who made it, of what, and whether it still answers."""

import hashlib
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from shared.db import Aggregate
from shared.errors import Refusal
from shared.text import Sentence

#: Of whom or what: somebody's own, what a school is invited to, what takes place somewhere.
FeedKind = Literal["person", "school", "place"]

#: Bytes of the secret in an address: 256 bits (RFC 6750 asks for as much as cannot be guessed).
SECRET_BYTES = 32

#: Addresses that one account may have at a time.
AT_MOST = 20


class Feed(Aggregate, Base):
    """One address. subject: the person's or the school's id, or `region/place as written`. hashed: SHA-256 of its secret.

    The secret itself is shown once, when the address is made.
    """

    __tablename__ = "feeds"

    kind: Mapped[str]
    subject: Mapped[str]
    title: Mapped[str]
    hashed: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(index=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    def revoke(self, *, at: datetime) -> None:
        """It answers no more. Raises Refusal."""
        if self.revoked_at is not None:
            raise Refusal(Sentence(zh="这个地址已经停用。", en="This address was revoked already."))
        self.revoked_at = at
        self.advance()


def hashed(secret: str) -> str:
    """How a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
