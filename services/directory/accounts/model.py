"""Accounts, and links that let in whoever holds them, once."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Base
from shared.auth import Grant, Principal, Role
from shared.auth.states import keep_account
from shared.auth.tokens import GRACE, LIFETIME
from shared.contracts.directory import AccountChanged
from shared.db import Aggregate, Transaction
from shared.errors import Refusal
from shared.text import Language, Sentence

#: What the roles are called.
ROLES: Mapping[Role, Sentence] = {
    "administrator": Sentence(zh="平台管理员", en="Administrator"),
    "coordinator": Sentence(zh="区域协调员", en="Coordinator"),
    "liaison": Sentence(zh="学校联络员", en="School liaison"),
    "teacher": Sentence(zh="教师", en="Teacher"),
    "auditor": Sentence(zh="审计员（只读）", en="Auditor (reads only)"),
    "operator": Sentence(zh="运维人员", en="Operator"),
}

#: Why an account is disabled whose holder has left, by the register.
LEFT = Sentence(zh="名录中本人已经离开", en="The register says that its holder has left")

#: What a link does: sign in at once, or let its holder choose a login and a password first.
Purpose = Literal["enter", "password"]


class Account(Aggregate, Base):
    """Somebody who may sign in.

    grants: as `Grant` writes them; ends: until when (ISO 8601) those hold that end by themselves, and ends_at the first
    of these. school_id, region_code: the place of the first grant, by which the account is found. ended_sessions: id
    and end of those whose tokens may still be about. Those that have no login are let in by links alone.
    """

    __tablename__ = "accounts"
    personal = frozenset({"name"})  # the audit trail refers to people by their ids

    name: Mapped[str]
    language: Mapped[str | None]
    grants: Mapped[list[str]]
    login: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    mail: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    person_id: Mapped[UUID | None]
    school_id: Mapped[UUID | None]
    region_code: Mapped[str] = mapped_column(default="")
    disabled_reason: Mapped[str | None]
    signed_out_before: Mapped[datetime | None]
    ended_sessions: Mapped[list[str]] = mapped_column(default=list)
    ends: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ends_at: Mapped[datetime | None]
    last_sign_in_at: Mapped[datetime | None]

    @property
    def enabled(self) -> bool:
        """Whether it may sign in."""
        return self.disabled_reason is None

    def principal(self) -> Principal:
        """Who this account is to the rules."""
        language: Language | None = "zh" if self.language == "zh" else "en" if self.language == "en" else None
        return Principal(
            account=self.id, grants=tuple(Grant.parse(text) for text in self.grants), language=language
        )

    def state(self) -> AccountChanged:
        """The account as it is now, for everybody who holds it against tokens."""
        return AccountChanged(
            account_id=self.id,
            version=self.version,
            enabled=self.enabled,
            grants=tuple(self.grants),
            signed_out_before=self.signed_out_before,
            ended_sessions=tuple(UUID(text.split(" ")[0]) for text in self.ended_sessions or ()),
            school_id=self.school_id,
            person_id=self.person_id,
        )

    def disable(self, *, reason: str, now: datetime) -> AccountChanged:
        """Let it in no more, for this reason, and end what it has open. Raises Refusal where it is so already."""
        if not self.enabled:
            raise Refusal(Sentence(zh="这个账号已经停用。", en="This account is disabled already."))
        self.disabled_reason, self.signed_out_before = reason, now
        return self._changed()

    def enable(self) -> AccountChanged:
        """Let it in again. Raises Refusal where it is."""
        if self.enabled:
            raise Refusal(Sentence(zh="这个账号没有停用。", en="This account is not disabled."))
        self.disabled_reason = None
        return self._changed()

    def sign_out_everywhere(self, *, now: datetime) -> AccountChanged:
        """Refuse every token signed before now."""
        self.signed_out_before, self.ended_sessions = now, []
        return self._changed()

    def end_session(self, session: UUID, *, now: datetime) -> AccountChanged:
        """Refuse the tokens of one session for as long as there may be any."""
        oldest = (now - GRACE - LIFETIME).isoformat()
        kept = [text for text in self.ended_sessions or () if text.split(" ")[1] >= oldest]
        self.ended_sessions = [*kept, f"{session} {now.isoformat()}"]
        return self._changed()

    def hold(self, grants: tuple[Grant, ...], *, until: dict[Grant, datetime]) -> AccountChanged:
        """Hold these grants from now on, some of them until a moment."""
        self.grants = [str(grant) for grant in grants]
        self.ends = {str(grant): until[grant].isoformat() for grant in grants if grant in until}
        self.ends_at = min((until[grant] for grant in grants if grant in until), default=None)
        return self._changed()

    def belong_to(self, person_id: UUID) -> AccountChanged:
        """Be this person's from now on."""
        self.person_id = person_id
        return self._changed()

    def until(self) -> dict[Grant, datetime]:
        """Until when those grants hold that end by themselves."""
        return {Grant.parse(text): datetime.fromisoformat(end) for text, end in (self.ends or {}).items()}

    def _changed(self) -> AccountChanged:
        self.advance()
        return self.state()


def tell(tx: Transaction, event: AccountChanged) -> None:
    """Publish what has become of an account, and keep it here too, where tokens are verified as everywhere."""
    tx.emit(event)
    keep_account(tx, event)


class SignInLink(Aggregate, Base):
    """A link that lets an account in, once, until it expires. Only the hash of its secret is kept."""

    __tablename__ = "sign_in_links"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str] = mapped_column(default="enter")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    @classmethod
    def issue(
        cls, *, id_: UUID, account_id: UUID, purpose: Purpose = "enter", now: datetime, lasts: timedelta
    ) -> "tuple[SignInLink, str]":
        """A new link, and the secret that is shown once and never again."""
        secret = secrets.token_urlsafe(32)
        link = cls(
            id=id_,
            version=1,
            account_id=account_id,
            secret_hash=hashed(secret),
            purpose=purpose,
            expires_at=now + lasts,
        )
        return link, secret

    def why_not(self, *, now: datetime) -> Sentence | None:
        """Why it cannot let anybody in, if it cannot."""
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
        self.use_up(now=now)

    def use_up(self, *, now: datetime) -> None:
        """Let nobody in any more."""
        self.used_at = now
        self.advance()


def hashed(secret: str) -> str:
    """What is kept of a secret. It has 256 bits of its own, so one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
