"""What may be done with accounts and links."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from services.directory.accounts.model import Account, SignInLink, hashed
from shared.auth import Grant
from shared.db import Transaction
from shared.errors import NotFound
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
