"""What happens to accounts without anybody's hand: deputies' days end, people leave, records merge, databases are restored."""

from uuid import UUID

import sqlalchemy as sa

from services.directory.accounts.commands.granting import hold
from services.directory.accounts.model import LEFT, Account, tell
from services.directory.accounts.policies import OF_A_SCHOOL
from services.directory.people.model import Person
from shared.auth import Grant
from shared.auth.states import keep_account
from shared.contracts.directory import AccountChanged
from shared.db import Transaction


def lapse(tx: Transaction) -> None:
    """Take the grants that have ended by themselves: deputies'."""
    for id_ in tx.db.scalars(sa.select(Account.id).where(Account.ends_at <= tx.now)).all():
        account = tx.load(Account, id_)
        ends = account.until()
        kept = tuple(
            grant for grant in map(Grant.parse, account.grants) if grant not in ends or ends[grant] > tx.now
        )
        tell(tx, account.hold(kept, until=ends))


def adopt_account(tx: Transaction, event: AccountChanged) -> None:
    """Take a published state into a database that was restored to an earlier copy. Its name and login are not in it."""
    account = tx.db.get(Account, event.account_id)
    if account is None:
        account = Account(
            id=event.account_id, version=0, name="—", mail="", phone="", region_code="", ends={}
        )
        tx.db.add(account)
    if account.version < event.version:
        account.version, account.grants = event.version, list(event.grants)
        account.signed_out_before = event.signed_out_before
        account.ended_sessions = [f"{session} {tx.now.isoformat()}" for session in event.ended_sessions]
        account.school_id, account.person_id = event.school_id, event.person_id
        account.disabled_reason = None if event.enabled else account.disabled_reason or "—"
        account.ends = {text: end for text, end in (account.ends or {}).items() if text in event.grants}
    keep_account(tx, event)


def follow_people(tx: Transaction) -> None:
    """Follow what has become of people in the register, by whichever way: a page, a roster, a restored database.

    Of two records that are one person the account goes with the one that stays. Who has left keeps no role of a
    school: an account with no other role is disabled, and keeps it for the day it is enabled again. Nobody's role goes
    to another school by itself: the page of the account says that its holder has moved, and a coordinator confirms.
    """
    holders = sa.select(Account.id, Person.merged_into).join(Person, Person.id == Account.person_id)
    merged: list[tuple[UUID, UUID]] = [
        (id_, into)
        for id_, into in tx.db.execute(holders.where(Person.merged_into.is_not(None))).all()
        if into
    ]
    for id_, into in merged:
        account = tx.load(Account, id_)
        _say_why(tx, account, "account.holder_merged")
        tell(tx, account.belong_to(into))
    gone = holders.where(
        Person.left_at.is_not(None), Person.merged_into.is_(None), Account.disabled_reason.is_(None)
    )
    for id_, _ in tx.db.execute(gone).all():
        account = tx.load(Account, id_)
        held = tuple(map(Grant.parse, account.grants))
        others = tuple(grant for grant in held if grant.role not in OF_A_SCHOOL)
        if held == others:
            continue
        _say_why(tx, account, "account.holder_left")
        if others:
            hold(tx, account, others, until=account.until())
        else:
            tell(tx, account.disable(reason=LEFT.zh, now=tx.now))


def _say_why(tx: Transaction, account: Account, what: str) -> None:
    tx.record(
        what=what,
        subject_kind="account",
        subject=account.id,
        school_id=account.school_id,
        person_id=account.person_id,
    )
