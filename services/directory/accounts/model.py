"""Accounts, links that sign in whoever holds them, once, and the key that signs what they get."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Base
from shared.auth import Grant, Principal
from shared.contracts.directory import KeyChanged
from shared.db import Aggregate
from shared.errors import Refusal
from shared.text import Language, Sentence


class Account(Aggregate, Base):
    """Somebody who may sign in. `grants` are written as `Grant` writes them."""

    __tablename__ = "accounts"

    name: Mapped[str]
    language: Mapped[str | None]
    grants: Mapped[list[str]]

    def principal(self) -> Principal:
        """Who this account is to the rules."""
        language: Language | None = "zh" if self.language == "zh" else "en" if self.language == "en" else None
        return Principal(
            account=self.id, grants=tuple(Grant.parse(text) for text in self.grants), language=language
        )


class SignInLink(Aggregate, Base):
    """A link that signs an account in, once, until it expires. Only the hash of its secret is kept."""

    __tablename__ = "sign_in_links"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    @classmethod
    def issue(
        cls, *, id_: UUID, account_id: UUID, now: datetime, lasts: timedelta
    ) -> "tuple[SignInLink, str]":
        """A new link, and the secret that is shown once and never again."""
        secret = secrets.token_urlsafe(32)
        link = cls(
            id=id_, version=1, account_id=account_id, secret_hash=hashed(secret), expires_at=now + lasts
        )
        return link, secret

    def why_not(self, *, now: datetime) -> Sentence | None:
        """Why it cannot sign anybody in, if it cannot."""
        if self.used_at is not None:
            return Sentence(
                zh="这个登录链接已经用过了。请向管理员要一个新的。",
                en="This link was used already. Ask the administrator for a new one.",
            )
        if now >= self.expires_at:
            return Sentence(
                zh="这个登录链接已经过期。请向管理员要一个新的。",
                en="This link has expired. Ask the administrator for a new one.",
            )
        return None

    def use(self, *, now: datetime) -> None:
        """Spend the link. Raises Refusal with the reason where it cannot be."""
        if reason := self.why_not(now=now):
            raise Refusal(reason)
        self.used_at = now
        self.advance()


class SigningKey(Base):
    """A key by its thumbprint (RFC 7638); the private half lies in a file, never here."""

    __tablename__ = "signing_keys"

    key_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    jwk: Mapped[dict[str, Any]]
    retired: Mapped[bool]

    def state(self) -> KeyChanged:
        """The key as it is now, for everybody who verifies."""
        return KeyChanged(key_id=self.key_id, version=self.version, jwk=self.jwk, retired=self.retired)


def hashed(secret: str) -> str:
    """What is kept of a secret. It has 256 bits of its own, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
