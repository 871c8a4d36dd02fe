"""Whom announcements reach, and who answers for schools that say nothing."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.notifications.announcements.model import AskingRule
from shared.auth import Principal, covers
from shared.auth.states import account_states
from shared.roster import roster_people, schools_in
from shared.roster.tables import roster_group_schools, roster_groups

#: Of somebody in the register: leads a school or a kindergarten.
_LEADS = sa.and_(
    roster_people.c.school_id.is_not(None),
    sa.or_(roster_people.c.post.contains("校长"), roster_people.c.post.contains("园长")),
    # A deputy secretary may be the principal (党委副书记、校长); an assistant of the principal is not.
    *(
        ~roster_people.c.post.contains(other)
        for head in ("校长", "园长")
        for other in (f"副{head}", f"{head}助理", f"{head}办")
    ),
    ~roster_people.c.left,
)

#: School and account of every principal who can sign in.
_PRINCIPALS = (
    sa.select(roster_people.c.school_id, account_states.c.account_id)
    .join(account_states, account_states.c.person_id == roster_people.c.person_id)
    .where(_LEADS, account_states.c.enabled)
)


def days_asked(db: orm.Session, host_region: str) -> int:
    """Until how many days before a session of the region schools are to confirm it; 0: they are not asked.

    The narrowest region that has a rule decides: the county, its prefecture, the province, all. One query.
    """
    wider = [host_region, f"{host_region[:4]}00", f"{host_region[:2]}0000", "000000"]
    rows = db.execute(
        sa.select(AskingRule.host_region, AskingRule.days).where(AskingRule.host_region.in_(wider))
    )
    found = {row.host_region: row.days for row in rows}
    return next((found[region] for region in wider if region in found), 0)


def principals_of(db: orm.Session, schools: Iterable[UUID]) -> dict[UUID, list[str]]:
    """`account:ID` of the principals of these schools, those of them that have an account that works. One query."""
    found: dict[UUID, list[str]] = {}
    wanted = _PRINCIPALS.where(roster_people.c.school_id.in_(list(schools)))
    for school_id, account in db.execute(wanted.order_by(account_states.c.account_id)):
        found.setdefault(school_id, []).append(f"account:{account}")
    return found


def contacts_of(db: orm.Session, schools: Iterable[UUID]) -> dict[UUID, str]:
    """Whom to call at these schools: their liaisons by name, or the principal whom the register names. Two queries."""
    wanted = list(schools)
    people = roster_people.c
    principals = sa.select(people.school_id, people.name).where(_LEADS, people.school_id.in_(wanted))
    liaisons = (
        sa.select(account_states.c.school_id, people.name, account_states.c.grants)
        .join(roster_people, people.person_id == account_states.c.person_id)
        .where(account_states.c.school_id.in_(wanted), account_states.c.enabled)
        .order_by(people.name)
    )
    found: dict[UUID, str] = dict(db.execute(principals.order_by(people.name.desc())).all())
    answering: dict[UUID, list[str]] = {}
    for school_id, name, grants in db.execute(liaisons):
        if f"liaison@school:{school_id}" in grants:
            answering.setdefault(school_id, []).append(name)
    return found | {school_id: "、".join(names) for school_id, names in answering.items()}


def answered_for(db: orm.Session, asks: Principal) -> frozenset[UUID]:
    """The schools for which somebody who is signed in answers: a liaison's, and the one whose principal the register names.

    Principals are asked where nobody else has answered, so they can. One query.
    """
    theirs = _PRINCIPALS.where(account_states.c.account_id == asks.account)
    return asks.schools | {school for school, _ in db.execute(theirs)}


def reach(db: orm.Session, scopes: Iterable[str]) -> list[UUID]:
    """The schools that an announcement to these scopes reaches. One query."""
    return [school.id for school in schools_in(db, scopes)]


def groups_within(db: orm.Session, own: Iterable[str]) -> list[tuple[str, str, int]]:
    """The groups of schools that lie in the own scopes as a whole: scope, name, schools. Two queries."""
    theirs = {school.id for school in schools_in(db, own)}
    groups, belongs = roster_groups.c, roster_group_schools.c
    rows = db.execute(
        sa.select(groups.group_id, groups.name, belongs.school_id)
        .join(roster_group_schools, belongs.group_id == groups.group_id)
        .where(~groups.retired)
        .order_by(groups.name, groups.group_id)
    )
    members: dict[tuple[str, str], set[UUID]] = {}
    for group_id, name, school_id in rows:
        members.setdefault((f"group:{group_id}", name), set()).add(school_id)
    return [(scope, name, len(some)) for (scope, name), some in members.items() if some <= theirs]


def may_tell(own: Iterable[str], wanted: Iterable[str], db: orm.Session) -> bool:
    """Whether all schools of the wanted scopes lie in the own ones."""
    own = tuple(own)
    return all(
        any(covers(scope, region=school.region_code, school=str(school.id)) for scope in own)
        for school in schools_in(db, wanted)
    )
