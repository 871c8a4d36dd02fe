"""Beginning a community, and changing who is in it."""

from uuid import UUID

import sqlalchemy as sa

from services.exchange.mentoring.commands.guarding import (
    insist_masters_side,
    insist_people,
    insist_theirs,
    schools_of,
    today_of,
)
from services.exchange.mentoring.model import Community, Meeting, Member
from services.exchange.mentoring.policies import Plan
from services.exchange.placements.queries.reaching import Asker
from shared.db import Transaction
from shared.errors import Invalid, Stale
from shared.text import Sentence


def begin_community(tx: Transaction, *, id_: UUID, plan: Plan, asker: Asker) -> Community:
    """Begin a pair or a community; it belongs to the region of its master's school. Raises Forbidden, Invalid."""
    master_region = insist_people(tx, plan, asker)
    community = Community(
        id=id_,
        version=1,
        kind=plan.kind,
        name=plan.name,
        region_code=master_region,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        reason="",
        by=tx.actor,
        changed_at=tx.now,
    )
    tx.db.add(community)
    tx.db.flush()  # its members refer to it
    tx.db.add_all(
        Member(community_id=id_, person_id=each, role=role, led_by=by)
        for each, (role, by) in plan.places.items()
    )
    tx.record(what="exchange.community.begun", subject_kind="community", subject=id_)
    return community


def revise_community(
    tx: Transaction, *, community_id: UUID, plan: Plan, asker: Asker, seen: int | None = None
) -> Community:
    """Follow a change of its name, its days, its master or its people; by the master's side, of before and of now.

    Who is not named any more has left as of today, and what was done stays. Raises NotFound, Forbidden, Stale, Refusal, Invalid.
    """
    community = tx.load(Community, community_id)
    rows = tx.db.scalars(sa.select(Member).where(Member.community_id == community_id)).all()
    now = {each.person_id: each for each in rows if each.left_on is None}
    insist_theirs(tx, community, now, asker)
    if seen is not None and seen != community.version:
        raise Stale(
            Sentence(
                zh="你打开页面之后，这个共同体已有变动。请核对现在的内容，再提交。",
                en="It has changed since you opened the page. Look at it as it is now, then try again.",
            ),
            seen=seen,
            now=community.version,
        )
    community.insist_going()
    if plan.kind != community.kind:
        raise Invalid(
            Sentence(zh="类型不能改；请结束后另建一个。", en="The kind stays: end it and begin another."),
            field="kind",
        )
    masters = [each.person_id for each in now.values() if each.role == "master"]
    if masters:
        insist_masters_side(asker, schools_of(tx, masters).get(masters[0]), community.region_code)
    community.region_code = insist_people(tx, plan, asker, before=frozenset(now))
    days = tx.db.scalars(sa.select(Meeting.held_on).where(Meeting.community_id == community_id)).all()
    if outside := [day for day in days if not plan.starts_on <= day <= plan.ends_on]:
        raise Invalid(
            Sentence(
                zh=f"{outside[0]} 已有活动，日期要把它包括在内。",
                en=f"There was a meeting on {outside[0]}: include it.",
            ),
            field="ends_on" if outside[0] > plan.ends_on else "starts_on",
        )
    community.name, community.starts_on, community.ends_on = plan.name, plan.starts_on, plan.ends_on
    known, places = {each.person_id: each for each in rows}, plan.places
    for gone in now.keys() - places.keys():
        known[gone].left_on = today_of(tx)
    for person_id, (role, by) in places.items():
        row = known.get(person_id)
        if row is None:
            tx.db.add(Member(community_id=community_id, person_id=person_id, role=role, led_by=by))
        else:
            row.role, row.led_by, row.left_on = role, by, None
    community.changed_at = tx.now
    community.advance()
    tx.record(what="exchange.community.revised", subject_kind="community", subject=community_id)
    return community
