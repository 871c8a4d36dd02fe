"""Reads about sessions: who a login means, who has to wait, and where an account is signed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.accounts.model import Account, SignInLink, hashed
from services.directory.sessions.model import Attempts, SignIn


@dataclass(frozen=True, slots=True)
class Candidate:
    """Whom a login means, and the hash to hold the password against."""

    account_id: UUID | None = None
    password_hash: str | None = None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session that is open."""

    id: UUID
    device: str
    address: str
    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link that can be followed: what for, and whose it is."""

    purpose: str
    name: str
    login: str


def candidate(db: Session, *, login: str) -> Candidate:
    """Whom the login means; nobody where there is none."""
    row = db.execute(
        sa.select(Account.id, Account.password_hash).where(Account.login == login, Account.login != "")
    ).first()
    return Candidate(*row) if row else Candidate()


def blocked_until(db: Session, keys: Iterable[str], *, now: datetime) -> datetime | None:
    """Until when whoever has these keys has to wait, if they have to."""
    return db.scalar(
        sa.select(sa.func.max(Attempts.blocked_until)).where(
            Attempts.key.in_(list(keys)), Attempts.blocked_until > now
        )
    )


def open_sessions(db: Session, account_id: UUID, *, now: datetime) -> list[SessionRow]:
    """Where the account is signed in, the latest first."""
    rows = db.execute(
        sa.select(SignIn.id, SignIn.device, SignIn.address, SignIn.since, SignIn.seen_at)
        .where(SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.until > now)
        .order_by(SignIn.seen_at.desc())
    )
    return [SessionRow(*row) for row in rows]


def link(db: Session, secret: str, *, now: datetime) -> LinkRow | None:
    """What the link is for; None where it is none, was used or is over: then following it says so."""
    row = db.execute(
        sa.select(SignInLink.purpose, Account.name, sa.func.coalesce(Account.login, ""))
        .join(Account, Account.id == SignInLink.account_id)
        .where(
            SignInLink.secret_hash == hashed(secret),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
        )
    ).first()
    return LinkRow(*row) if row else None
