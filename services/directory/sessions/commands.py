"""Signing in, with a password or a link; staying signed in; signing out; a new password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NewType
from uuid import UUID

import sqlalchemy as sa

from services.directory.accounts.model import Account, SignInLink, hashed, tell
from services.directory.keys.model import signer
from services.directory.sessions.model import Attempts, SignIn
from services.directory.sessions.policies import (
    FREE_OF_ACCOUNT,
    FREE_OF_ADDRESS,
    plain_login,
    wait_after,
    why_not_login,
)
from services.directory.sessions.queries import Candidate, blocked_until
from shared.db import Transaction
from shared.errors import Invalid, NotFound, Refusal
from shared.ids import uuid7
from shared.jobs import enqueue
from shared.text import Sentence

#: How long a failure is remembered after the last one.
FORGIVEN = timedelta(hours=24)

#: Mails asked for from one address in a row.
FREE_OF_MAIL = 10

Wait = NewType("Wait", datetime)


@dataclass(frozen=True, slots=True)
class Device:
    """What a session is opened from: a browser's name, and the address of its network."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What the browser keeps of a sign-in: the token, and the secret that gets the next one."""

    token: str
    secret: str


def keys_of(*, login: str, address: str) -> tuple[str, str]:
    """Under what the failures of a login and of an address are counted."""
    return hashed(f"login:{login}"), hashed(f"address:{address}")


def sign_in(
    tx: Transaction, *, login: str, found: Candidate, right: bool, device: Device, key_file: Path
) -> Opened | Wait | None:
    """Sign in whom the login means if the password was right: a session, or until when to wait, or None where it is wrong.

    Failures are counted here, so that they hold for all processes; of guesses that were checked at the same moment
    those beyond the limit learn nothing, also where they are right. Raises Refusal for a disabled account.
    """
    keys = keys_of(login=login, address=device.address)
    rows = [_attempts(tx, key) for key in keys]
    if until := blocked_until(tx.db, keys, now=tx.now):
        return Wait(until)
    account = tx.load(Account, found.account_id) if found.account_id else None
    if account is None or not right or account.password_hash != found.password_hash:
        for row, free in zip(rows, (FREE_OF_ACCOUNT, FREE_OF_ADDRESS), strict=True):
            _failed(tx, row, free=free)
        until = blocked_until(tx.db, keys, now=tx.now)
        return Wait(until) if until else None
    if not account.enabled:
        raise Refusal(
            Sentence(
                zh="这个账号已停用。请联系本区域的管理员。",
                en="This account is disabled. Ask your region's coordinator.",
            )
        )
    rows[0].failures = 0
    return open_session(tx, account=account, device=device, key_file=key_file)


def open_session(tx: Transaction, *, account: Account, device: Device, key_file: Path) -> Opened:
    """Sign the account in on a device."""
    session, secret = SignIn.open(
        id_=uuid7(), account_id=account.id, device=device.name, address=device.address, now=tx.now
    )
    tx.db.add(session)
    account.last_sign_in_at = tx.now
    token = signer(tx, key_file).sign(account.principal(), session=session.id, now=tx.now)
    return Opened(token, secret)


def renew(tx: Transaction, *, secret: str, key_file: Path) -> str | None:
    """The next token of a session that lasts; None where it does not."""
    found = tx.db.scalar(sa.select(SignIn.id).where(SignIn.secret_hash == hashed(secret)))
    if found is None:
        return None
    session = tx.load(SignIn, found)
    account = tx.load(Account, session.account_id)
    if not session.lasts(now=tx.now) or not account.enabled:
        return None
    session.seen_at = tx.now
    return signer(tx, key_file).sign(account.principal(), session=session.id, now=tx.now)


def use_link(tx: Transaction, *, secret: str, login: str = "", password_hash: str | None = None) -> Account:
    """Spend a link and answer whose it is; the login and password are kept where it asks for them.

    Raises NotFound, Refusal where it was used or has expired, Invalid where the login is no login or another's.
    The link is locked: of two who click at the same moment, one signs in.
    """
    found = tx.db.scalar(sa.select(SignInLink.id).where(SignInLink.secret_hash == hashed(secret)))
    if found is None:
        raise NotFound(
            Sentence(
                zh="这个登录链接无效。请检查链接是否完整，或向管理员要一个新的。",
                en="This link is not valid. See that it is complete, or ask the administrator for a new one.",
            )
        )
    link = tx.load(SignInLink, found)
    link.use(now=tx.now)
    account = tx.load(Account, link.account_id)
    if not account.enabled:
        raise Refusal(Sentence(zh="这个账号已停用。", en="This account is disabled."))
    if link.purpose == "password":
        if password_hash is None:
            raise Invalid(Sentence(zh="请设置密码。", en="Choose a password."), field="password")
        choose_login(tx, account=account, login=login)
        change_password(tx, account=account, password_hash=password_hash)
    return account


def choose_login(tx: Transaction, *, account: Account, login: str) -> None:
    """Let the account sign in under this name. Raises Invalid where it is none, or another's."""
    login = plain_login(login)
    if reason := why_not_login(login):
        raise Invalid(reason, field="login")
    if tx.db.scalar(sa.select(Account.id).where(Account.login == login, Account.id != account.id)):
        raise Invalid(
            Sentence(
                zh="这个登录名已被使用，请换一个。", en="Somebody is called so already; take another login."
            ),
            field="login",
        )
    account.login = login


def change_password(
    tx: Transaction, *, account: Account, password_hash: str, keep: UUID | None = None
) -> None:
    """Keep a new password and sign out whoever used the old one, but for the session `keep`."""
    account.password_hash = password_hash
    sign_out_everywhere(tx, account=account, keep=keep)
    for link in tx.db.scalars(
        sa.select(SignInLink).where(SignInLink.account_id == account.id, SignInLink.used_at.is_(None))
    ):
        link.use_up(now=tx.now)


def sign_out_everywhere(tx: Transaction, *, account: Account, keep: UUID | None = None) -> None:
    """End the account's sessions, but for `keep`, whose holder needs a new token."""
    rows = tx.db.scalars(sa.select(SignIn).where(SignIn.account_id == account.id, SignIn.ended_at.is_(None)))
    for session in rows:
        if session.id != keep:
            session.end(now=tx.now)
    tell(tx, account.sign_out_everywhere(now=tx.now))


def end_session(tx: Transaction, *, account_id: UUID, session_id: UUID) -> None:
    """Sign an account out on one device. A session that is over, or another's, is left as it is."""
    session = tx.db.get(SignIn, session_id, with_for_update=True)
    if session is None or session.account_id != account_id or session.ended_at is not None:
        return
    session.end(now=tx.now)
    tell(tx, tx.load(Account, account_id).end_session(session_id, now=tx.now))


def ask_for_mail(tx: Transaction, *, said: str, address: str) -> Wait | None:
    """Have a link sent to the mail of whoever has this login or mail address, if anybody has. Answers until when to wait.

    The mail is sent by a job: its secret is made there, and lies in no table.
    """
    row = _attempts(tx, hashed(f"mail:{address}"))
    if row.blocked_until and row.blocked_until > tx.now:
        return Wait(row.blocked_until)
    _failed(tx, row, free=FREE_OF_MAIL)
    said = plain_login(said)
    found = tx.db.scalars(
        sa.select(Account.id)
        .where(
            Account.mail != "",
            Account.disabled_reason.is_(None),
            sa.or_(Account.login == said, Account.mail == said),
        )
        .limit(5)
    )
    for account_id in found.all():
        enqueue(tx, kind="sign-in-mail", arguments={"account_id": str(account_id)})
    return None


def forget(tx: Transaction) -> None:
    """Forget failures that are forgiven and sessions that were over a month ago."""
    tx.db.execute(sa.delete(Attempts).where(Attempts.last_at < tx.now - FORGIVEN))
    tx.db.execute(sa.delete(SignIn).where(SignIn.until < tx.now - timedelta(days=30)))


def _attempts(tx: Transaction, key: str) -> Attempts:
    row = tx.db.get(Attempts, key, with_for_update=True)
    if row is None or row.last_at < tx.now - FORGIVEN:
        row = tx.db.merge(Attempts(key=key, failures=0, last_at=tx.now, blocked_until=None))
        tx.db.flush()  # so that of two first failures at once one waits for the other
    return row


def _failed(tx: Transaction, row: Attempts, *, free: int) -> None:
    row.failures, row.last_at = row.failures + 1, tx.now
    wait = wait_after(row.failures, free=free)
    row.blocked_until = tx.now + wait if wait else None
    tx.db.flush()  # the caller asks who has to wait
