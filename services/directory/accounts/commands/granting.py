"""What may be done with an account that is there: give and take grants, follow to another school, disable, enable."""

from datetime import datetime
from uuid import UUID

from services.directory.accounts.model import Account, tell
from services.directory.accounts.policies import KEEPERS, OF_A_SCHOOL, roles_given_by
from services.directory.accounts.queries import contains, manages, place_of
from services.directory.people.model import Person
from services.directory.people.queries import person_within
from shared.auth import Grant, Principal
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.text import Sentence


def give(
    tx: Transaction, *, by: Principal, account_id: UUID, grant: Grant, until: datetime | None = None
) -> Account:
    """One more grant, for good or until a moment. Raises Forbidden for one above one's own."""
    account = managed(tx, by=by, account_id=account_id)
    may_give(tx, by, grant, until=until)
    if grant.role in OF_A_SCHOOL:
        _holder_is_there(tx, account)
    held = {Grant.parse(text): None for text in account.grants} | {grant: None}
    ends = {each: end for each, end in account.until().items() if each != grant}
    hold(tx, account, tuple(held), until=ends | ({grant: until} if until else {}))
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
    hold(tx, account, held, until=account.until())
    return account


def move(tx: Transaction, *, by: Principal, account_id: UUID, school_id: UUID) -> Account:
    """The holder works at another school now: the grants of the old one follow. Raises Forbidden as `give`."""
    account = managed(tx, by=by, account_id=account_id)
    to = f"school:{school_id}"
    old = tuple(map(Grant.parse, account.grants))
    moved = {each: Grant(each.role, to) if each.role in OF_A_SCHOOL else each for each in old}
    for grant in moved.values():
        if grant.role in OF_A_SCHOOL:
            may_give(tx, by, grant)
    ends = {moved[each]: end for each, end in account.until().items()}
    hold(tx, account, tuple(dict.fromkeys(moved.values())), until=ends)
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
    """Let the account in again; its holder signs in anew. Raises Refusal where they have left and it is of a school."""
    account = managed(tx, by=by, account_id=account_id)
    if all(Grant.parse(text).role in OF_A_SCHOOL for text in account.grants):
        _holder_is_there(tx, account)
    tell(tx, account.enable())
    return account


def identify(tx: Transaction, *, by: Principal, account_id: UUID, person_id: UUID) -> Account:
    """Say who of the register the account's holder is, so that it follows them. Raises NotFound, Refusal."""
    account = managed(tx, by=by, account_id=account_id)
    person = person_within(tx.db, person_id, by.scopes(*KEEPERS))
    if person.left_at is not None:
        raise Refusal(Sentence(zh=f"{person.name}已经离开。", en=f"{person.name} has left."), field="person")
    tell(tx, account.belong_to(person.id))
    return account


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


def may_give(tx: Transaction, by: Principal, grant: Grant, *, until: datetime | None = None) -> None:
    """Raises Forbidden for a grant above one's own, Invalid for one that makes no sense, NotFound for no place."""
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


def hold(
    tx: Transaction, account: Account, grants: tuple[Grant, ...], *, until: dict[Grant, datetime]
) -> None:
    """Hold these from now on, be found by the place of the first, and let everybody know."""
    account.school_id, account.region_code = None, ""
    if grants:
        account.school_id, account.region_code = place_of(tx.db, grants[0].scope)
    tell(tx, account.hold(grants, until=until))


def _holder_is_there(tx: Transaction, account: Account) -> None:
    """A role of a school goes with a place in the register: `follow_people` would take it again."""
    person = tx.db.get(Person, account.person_id) if account.person_id else None
    if person is not None and person.left_at is not None:
        raise Refusal(
            Sentence(
                zh=f"名录中{person.name}已经离开。请先在其人员页面撤销离开，或改选账号的本人。",
                en=f"The register says that {person.name} has left. Take that back on their page first, "
                "or say whose account this is.",
            )
        )
