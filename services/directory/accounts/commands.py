"""What may be done with accounts, links and the signing key."""

import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from joserfc.jwk import OKPKey

from services.directory.accounts.model import Account, SigningKey, SignInLink, hashed
from shared.auth import Grant
from shared.auth.keys import keep_key
from shared.auth.tokens import Signer
from shared.contracts.directory import KeyChanged
from shared.db import Transaction
from shared.errors import NotFound, Unavailable
from shared.ids import named, uuid7
from shared.text import Language, Sentence

#: The first administrator: the same account however often `up` or the command line asks for it.
ADMINISTRATOR = named("account", "administrator")

#: How long a link lasts that is used at once, and one that is sent to a school.
AT_ONCE, TO_A_SCHOOL = timedelta(minutes=30), timedelta(days=7)


def open_account(
    tx: Transaction, *, id_: UUID, name: str, grants: tuple[Grant, ...], language: Language | None = None
) -> Account:
    """An account with these grants; the one that is there already, if it is."""
    account = tx.db.get(Account, id_)
    if account is None:
        account = Account(
            id=id_, version=1, name=name, language=language, grants=[str(grant) for grant in grants]
        )
        tx.db.add(account)
        tx.db.flush()  # its links refer to it
    return account


def administrator(tx: Transaction) -> Account:
    """The first administrator, made if need be."""
    return open_account(tx, id_=ADMINISTRATOR, name="管理员", grants=(Grant("administrator", "all"),))


def liaison(tx: Transaction, *, school_id: UUID, school_name: str) -> Account:
    """The account of a school's liaison, made if need be."""
    return open_account(
        tx,
        id_=named("liaison", str(school_id)),
        name=f"{school_name}联络员",
        grants=(Grant("liaison", f"school:{school_id}"),),
    )


def issue_link(tx: Transaction, *, account: Account, lasts: timedelta) -> str:
    """A new link for the account; answers the secret, which is kept nowhere."""
    link, secret = SignInLink.issue(id_=uuid7(), account_id=account.id, now=tx.now, lasts=lasts)
    tx.db.add(link)
    return secret


def use_link(tx: Transaction, *, secret: str) -> Account:
    """Spend a link and answer whose it is. Raises NotFound, or Refusal where it was used or has expired.

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
    return tx.load(Account, link.account_id)


def signer(tx: Transaction, path: Path) -> Signer:
    """Who signs tokens, with the key in the file at `path`, which is made if it is not there.

    The first to use a key publishes its public half with this transaction. Raises Unavailable with a
    sentence where the file cannot be read.
    """
    key = _key_in(path)
    if tx.db.get(SigningKey, key.kid) is None:
        row = SigningKey(key_id=key.kid, version=1, jwk=key.as_dict(private=False), retired=False)
        tx.db.add(row)
        tx.emit(row.state())
        keep_key(tx, row.state())
    return Signer(key)


def adopt_key(tx: Transaction, event: KeyChanged) -> None:
    """Take a published state into a database that was restored to an earlier copy."""
    row = tx.db.get(SigningKey, event.key_id)
    if row is None:
        row = SigningKey(key_id=event.key_id, version=0)
        tx.db.add(row)
    if row.version < event.version:
        row.version, row.jwk, row.retired = event.version, dict(event.jwk), event.retired
    keep_key(tx, event)


def _key_in(path: Path) -> OKPKey:
    try:
        _make(path)
        key = OKPKey.import_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Unavailable(
            Sentence(
                zh=f"签名密钥文件 {path} 无法读取：{error}",
                en=f"The signing key in {path} cannot be read: {error}",
            ),
            retry_after=60,
        ) from error
    key.ensure_kid()
    return key


def _make(path: Path) -> None:
    """Make the file unless it is there: of two processes that start at once, one makes it."""
    if path.exists():
        return
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_bytes(OKPKey.generate_key("Ed25519").as_pem(private=True))
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
