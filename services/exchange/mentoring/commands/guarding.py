"""Who may begin, change and keep a community, and of whom it can be made."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from services.exchange.mentoring.model import Community
from services.exchange.mentoring.policies import Plan
from services.exchange.mentoring.queries import no_such_community
from services.exchange.placements.queries.reaching import Asker
from shared.auth import covers
from shared.db import Transaction
from shared.errors import Forbidden, Invalid
from shared.roster import roster_people, roster_schools
from shared.text import Sentence


def insist_people(tx: Transaction, plan: Plan, asker: Asker, *, before: frozenset[UUID] = frozenset()) -> str:
    """The region of the master's school. before: who is in it already, and may have left their school since.

    Raises Invalid for a plan that cannot be, Forbidden for who is not the master's side.
    """
    plan.insist()
    known = schools_of(tx, plan.people)
    if missing := [each for each in plan.people if each not in known and each not in before]:
        raise Invalid(
            Sentence(
                zh=f"有 {len(missing)} 人不在名录里，或已离开学校。",
                en=f"{len(missing)} of them are not in the directory, or have left.",
            ),
            field="members",
        )
    master = known.get(plan.master)
    if master is None:
        raise Invalid(
            Sentence(zh="师傅（主持人）已离开学校，请改为别人。", en="The master has left: name another."),
            field="master",
        )
    insist_masters_side(asker, master, master[1])
    return master[1]


def schools_of(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """The school and its region of those of these people who are at one."""
    people, schools = roster_people.c, roster_schools.c
    rows = tx.db.execute(
        sa.select(people.person_id, people.school_id, schools.region_code)
        .join(roster_schools, schools.school_id == people.school_id)
        .where(people.person_id.in_(list(ids)), sa.not_(people.left))
    )
    return {row.person_id: (row.school_id, row.region_code) for row in rows}


def insist_masters_side(asker: Asker, master: tuple[UUID, str] | None, region: str) -> None:
    """Raise Forbidden for who neither answers for the master's school nor looks after the region. master: their school."""
    if master is not None and master[0] in asker.schools:
        return
    if not any(covers(scope, region=region) for scope in asker.scopes):
        raise Forbidden(
            Sentence(
                zh="由师傅（主持人）的学校或区域建立和修改。",
                en="The master's school or region begins it and changes it.",
            )
        )


def today_of(tx: Transaction) -> date:
    """The day that it is in China."""
    return (tx.now + timedelta(hours=8)).date()


def insist_theirs(tx: Transaction, community: Community, people: Collection[UUID], asker: Asker) -> None:
    """Raise NotFound for who has nothing to do with it."""
    if asker.person_id in people or any(
        covers(scope, region=community.region_code) for scope in asker.scopes
    ):
        return
    table = roster_people.c
    schools = set(tx.db.scalars(sa.select(table.school_id).where(table.person_id.in_(list(people)))))
    if not schools & asker.schools:
        raise no_such_community()
