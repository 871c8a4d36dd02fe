"""New accounts: the first administrator, who is invited, and the liaisons of schools."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.directory.accounts.commands.granting import hold, may_give
from services.directory.accounts.commands.linking import TO_A_SCHOOL, issue_link
from services.directory.accounts.model import Account
from services.directory.accounts.queries import school_name
from shared.auth import Grant, Principal
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.ids import named
from shared.text import Language, Sentence

#: The first administrator: the same account however often `up` or the command line asks for it.
ADMINISTRATOR = named("account", "administrator")

#: Slips on one print.
MOST_SLIPS = 40


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one liaison: the school, what the account is called, and the secret of its link."""

    school: str
    name: str
    secret: str


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
        hold(tx, account, grants, until=dict(until or {}))
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
    may_give(tx, by, grant, until=until)
    account = open_account(tx, id_=id_, name=name, grants=(grant,), until={grant: until} if until else None)
    account.mail, account.phone, account.person_id = mail, phone, person_id
    return issue_link(tx, account=account, lasts=TO_A_SCHOOL, purpose="password")


def links_for_liaisons(tx: Transaction, *, by: Principal, school_ids: Sequence[UUID]) -> list[Slip]:
    """A slip for each school's liaison, whose account is made if need be.

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
        may_give(tx, by, Grant("liaison", f"school:{school_id}"))
        name = school_name(tx.db, school_id)
        account = liaison(tx, school_id=school_id, school_name=name)
        if not account.enabled:
            raise Refusal(
                Sentence(zh=f"{name}的联络员账号已停用。", en=f"The liaison's account of {name} is disabled.")
            )
        secret = issue_link(tx, account=account, lasts=TO_A_SCHOOL, purpose="password")
        made.append(Slip(school=name, name=account.name, secret=secret))
    return made
