"""Keeping whose an account is."""

from services.exchange.identities.model import Identity
from shared.auth.states import keep_account
from shared.contracts.directory import AccountChanged
from shared.db import Transaction


def hear_account(tx: Transaction, event: AccountChanged) -> None:
    """Keep an account's newest state and whose it is; older states, which may come again, are ignored."""
    keep_account(tx, event)
    known = tx.db.get(Identity, event.account_id)
    if known is None:
        tx.db.add(Identity(account_id=event.account_id, version=event.version, person_id=event.person_id))
    elif known.version < event.version:
        known.version, known.person_id = event.version, event.person_id
