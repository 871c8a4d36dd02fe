"""Links that let the holder of an account in."""

from datetime import timedelta
from uuid import UUID

from services.directory.accounts.commands.granting import managed
from services.directory.accounts.model import Account, Purpose, SignInLink
from shared.auth import Principal
from shared.db import Transaction
from shared.errors import Refusal
from shared.ids import uuid7
from shared.text import Sentence

#: How long a link lasts that is used at once, one that was mailed, and one that is sent to a school.
AT_ONCE, BY_MAIL, TO_A_SCHOOL = timedelta(minutes=30), timedelta(hours=2), timedelta(days=7)


def new_link(tx: Transaction, *, by: Principal, account_id: UUID) -> tuple[str, str]:
    """A name and the secret of a new link with which its holder chooses a password. Raises Refusal if disabled."""
    account = managed(tx, by=by, account_id=account_id)
    if not account.enabled:
        raise Refusal(Sentence(zh="请先启用这个账号。", en="Enable the account first."))
    return account.name, issue_link(tx, account=account, lasts=TO_A_SCHOOL, purpose="password")


def issue_link(tx: Transaction, *, account: Account, lasts: timedelta, purpose: Purpose = "enter") -> str:
    """A new link for the account; answers the secret, which is kept nowhere."""
    link, secret = SignInLink.issue(
        id_=uuid7(), account_id=account.id, purpose=purpose, now=tx.now, lasts=lasts
    )
    tx.db.add(link)
    return secret
