"""Sessions: an account signed in on one device; attempts that failed; and passwords, of which a hash is kept."""

import secrets
import unicodedata
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.directory.accounts.model import hashed
from services.directory.base import Base
from shared.db import Aggregate
from shared.errors import Unavailable
from shared.text import Sentence

#: How long a sign-in lasts: a working day.
SESSION = timedelta(hours=12)

_HASHER = PasswordHasher()  # argon2id as RFC 9106 recommends where memory is constrained: 64 MiB
#: Of nobody's password: what a guess is held against where there is no such account, so that both take as long.
_NOBODY = _HASHER.hash(secrets.token_urlsafe())
#: Each check takes 64 MiB and a core: a flood waits here, and is turned away before it takes the machine.
_AT_ONCE, _PATIENCE = BoundedSemaphore(2), 5.0


class SignIn(Aggregate, Base):
    """An account signed in on a device. Its secret, of which the hash is kept, gets the next token from directory.

    address: where it was opened from. seen_at: when it last got a token.
    """

    __tablename__ = "sign_ins"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    device: Mapped[str]
    address: Mapped[str]
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]

    @classmethod
    def open(
        cls, *, id_: UUID, account_id: UUID, device: str, address: str, now: datetime
    ) -> "tuple[SignIn, str]":
        """A new session and its secret."""
        secret = secrets.token_urlsafe(32)
        session = cls(
            id=id_,
            version=1,
            account_id=account_id,
            secret_hash=hashed(secret),
            device=device,
            address=address,
            since=now,
            seen_at=now,
            until=now + SESSION,
        )
        return session, secret

    def lasts(self, *, now: datetime) -> bool:
        """Whether it may get another token."""
        return self.ended_at is None and now < self.until

    def end(self, *, now: datetime) -> None:
        """Get no token any more."""
        self.ended_at = now
        self.advance()


class Attempts(Base):
    """What failed in a row for one login, or from one address; the key is a hash, for people mistype passwords there."""

    __tablename__ = "sign_in_attempts"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    blocked_until: Mapped[datetime | None]


def password_hash(password: str) -> str:
    """What is kept of a password."""
    with _Turn():
        return _HASHER.hash(_plain(password))


def password_matches(kept: str | None, password: str) -> bool:
    """Whether this is the password; as much work where none is kept. Raises Unavailable in a flood."""
    with _Turn():
        try:
            _HASHER.verify(kept or _NOBODY, _plain(password))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None


class _Turn:
    """A turn at hashing."""

    def __enter__(self) -> None:
        if not _AT_ONCE.acquire(timeout=_PATIENCE):
            raise Unavailable(
                Sentence(
                    zh="现在登录的人很多，请几秒后再试。",
                    en="Many people are signing in just now. Try again in a few seconds.",
                )
            )

    def __exit__(self, *_: object) -> None:
        _AT_ONCE.release()


def _plain(password: str) -> bytes:
    # The same signs typed on two keyboards may come as different code points; no more than that is made plain.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
