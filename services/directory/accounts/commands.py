"""What may be done with accounts: open, invite, give and take grants, disable, and the links that let in."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from services.directory.accounts.model import Account, Purpose, SignInLink, tell
from services.directory.accounts.policies import KEEPERS, OF_A_SCHOOL, roles_given_by
from services.directory.accounts.queries import contains, manages, place_of, school_name
from shared.auth import Grant, Principal
from shared.auth.states import keep_account
from shared.contracts.directory import AccountChanged
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.ids import named, uuid7
from shared.text import Language, Sentence

#: The first administrator: the same account however often `up` or the command line asks for it.
ADMINISTRATOR = named("account", "administrator")

#: Slips on one print.
MOST_SLIPS = 40

#: How long a link lasts that is used at once, one that was mailed, and one that is sent to a school.
AT_ONCE, BY_MAIL, TO_A_SCHOOL = timedelta(minutes=30), timedelta(hours=2), timedelta(days=7)


def open_account(
    tx: Transaction,
    *,
    id_: UUID,
    name: str,
    grants: tuple[Grant, ...],
    until: Mapping[Grant, datetime] | None = None,
    language: Language | None = None,
) -> Account:
    """An account with these grants; the one that is there already, if it is."""
    account = tx.db.get(Account, id_)
    if account is None:
        account = Account(id=id_, version=0, name=name, language=language, mail="", phone="")
        account.ended_sessions, account.region_code = [], ""
        _hold(tx, account, grants, until=dict(until or {}))
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


def invite(
    tx: Transaction,
    *,
    by: Principal,
    id_: UUID,
    name: str,
    grant: Grant,
    until: datetime | None = None,
    mail: str = "",
    phone: str = "",
    person_id: UUID | None = None,
) -> str:
    """A new account with a grant within the scopes of who invites; answers the secret of its link.

    Raises Forbidden for a grant above one's own, Invalid for one that makes no sense.
    """
    _may_give(tx, by, grant, until=until)
    account = open_account(tx, id_=id_, name=name, grants=(grant,), until={grant: until} if until else None)
    account.mail, account.phone, account.person_id = mail, phone, person_id
    return issue_link(tx, account=account, lasts=TO_A_SCHOOL, purpose="password")


def give(
    tx: Transaction, *, by: Principal, account_id: UUID, grant: Grant, until: datetime | None = None
) -> Account:
    """One more grant, for good or until a moment. Raises Forbidden for one above one's own."""
    account = managed(tx, by=by, account_id=account_id)
    _may_give(tx, by, grant, until=until)
    held = {Grant.parse(text): None for text in account.grants} | {grant: None}
    ends = {each: end for each, end in account.until().items() if each != grant}
    _hold(tx, account, tuple(held), until=ends | ({grant: until} if until else {}))
    return account


def take(tx: Transaction, *, by: Principal, account_id: UUID, grant: Grant) -> Account:
    """One grant less. Raises Refusal where an administrator would take their own."""
    account = managed(tx, by=by, account_id=account_id)
    if account.id == by.account:
        raise Refusal(
            Sentence(
                zh="不能取消自己的权限，请由另一位管理员操作。",
                en="Nobody takes a grant from themselves: ask another administrator.",
            )
        )
    held = tuple(each for each in map(Grant.parse, account.grants) if each != grant)
    _hold(tx, account, held, until=account.until())
    return account


def move(tx: Transaction, *, by: Principal, account_id: UUID, school_id: UUID) -> Account:
    """The holder works at another school now: the grants of the old one follow. Raises Forbidden as `give`."""
    account = managed(tx, by=by, account_id=account_id)
    to = f"school:{school_id}"
    old = tuple(map(Grant.parse, account.grants))
    moved = {each: Grant(each.role, to) if each.role in OF_A_SCHOOL else each for each in old}
    for grant in moved.values():
        if grant.role in OF_A_SCHOOL:
            _may_give(tx, by, grant)
    ends = {moved[each]: end for each, end in account.until().items()}
    _hold(tx, account, tuple(dict.fromkeys(moved.values())), until=ends)
    return account


def disable(tx: Transaction, *, by: Principal, account_id: UUID, reason: str) -> Account:
    """Let the account in no more, anywhere, within seconds. Raises Refusal for one's own."""
    account = managed(tx, by=by, account_id=account_id)
    if account.id == by.account:
        raise Refusal(Sentence(zh="不能停用自己的账号。", en="Nobody disables their own account."))
    if not reason:
        raise Invalid(Sentence(zh="请写明停用的原因。", en="Say why it is disabled."), field="reason")
    tell(tx, account.disable(reason=reason, now=tx.now))
    return account


def enable(tx: Transaction, *, by: Principal, account_id: UUID) -> Account:
    """Let the account in again; its holder signs in anew."""
    account = managed(tx, by=by, account_id=account_id)
    tell(tx, account.enable())
    return account


def new_link(tx: Transaction, *, by: Principal, account_id: UUID) -> tuple[str, str]:
    """A name and the secret of a new link with which its holder chooses a password. Raises Refusal if disabled."""
    account = managed(tx, by=by, account_id=account_id)
    if not account.enabled:
        raise Refusal(Sentence(zh="请先启用这个账号。", en="Enable the account first."))
    return account.name, issue_link(tx, account=account, lasts=TO_A_SCHOOL, purpose="password")


def links_for_liaisons(
    tx: Transaction, *, by: Principal, school_ids: Sequence[UUID]
) -> list[tuple[str, str]]:
    """The name of each school and the secret of a new link for its liaison, whose account is made if need be.

    Raises Invalid for none or more than `MOST_SLIPS`, Forbidden for a school outside the scopes of who asks.
    """
    if not 1 <= len(school_ids) <= MOST_SLIPS:
        raise Invalid(
            Sentence(
                zh=f"请选择 1 至 {MOST_SLIPS} 所学校。", en=f"Choose between 1 and {MOST_SLIPS} schools."
            )
        )
    made = []
    for school_id in dict.fromkeys(school_ids):
        _may_give(tx, by, Grant("liaison", f"school:{school_id}"))
        name = school_name(tx.db, school_id)
        account = liaison(tx, school_id=school_id, school_name=name)
        if not account.enabled:
            raise Refusal(
                Sentence(zh=f"{name}的联络员账号已停用。", en=f"The liaison's account of {name} is disabled.")
            )
        made.append((name, issue_link(tx, account=account, lasts=TO_A_SCHOOL, purpose="password")))
    return made


def managed(tx: Transaction, *, by: Principal, account_id: UUID) -> Account:
    """An account that `by` may change: none of its grants lies above their own. Raises Forbidden."""
    account = tx.load(Account, account_id)
    if not manages(tx.db, by=by, grants=tuple(map(Grant.parse, account.grants))):
        raise Forbidden(
            Sentence(
                zh="这个账号的权限超出你的范围，请由上一级管理员处理。",
                en="This account may do more than you may give: ask whoever looks after the wider region.",
            )
        )
    return account


def issue_link(tx: Transaction, *, account: Account, lasts: timedelta, purpose: Purpose = "enter") -> str:
    """A new link for the account; answers the secret, which is kept nowhere."""
    link, secret = SignInLink.issue(
        id_=uuid7(), account_id=account.id, purpose=purpose, now=tx.now, lasts=lasts
    )
    tx.db.add(link)
    return secret


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


def _may_give(tx: Transaction, by: Principal, grant: Grant, *, until: datetime | None = None) -> None:
    if grant.role in OF_A_SCHOOL and not grant.scope.startswith("school:"):
        raise Invalid(Sentence(zh="请选择学校。", en="Choose the school."), field="scope")
    if until is not None and until <= tx.now:
        raise Invalid(Sentence(zh="截止日期已经过去。", en="That day has passed."), field="until")
    place_of(tx.db, grant.scope)
    if grant.role not in roles_given_by(by):
        raise Forbidden(Sentence(zh="你不能授予这个角色。", en="You may not give this role."), field="role")
    if not contains(tx.db, by.scopes(*KEEPERS), grant.scope):
        raise Forbidden(
            Sentence(
                zh="这个范围超出你自己的范围，不能授予。",
                en="This reaches beyond your own scope, and so you may not give it.",
            ),
            field="scope",
        )


def _hold(
    tx: Transaction, account: Account, grants: tuple[Grant, ...], *, until: dict[Grant, datetime]
) -> None:
    account.school_id, account.region_code = None, ""
    if grants:
        account.school_id, account.region_code = place_of(tx.db, grants[0].scope)
    tell(tx, account.hold(grants, until=until))
