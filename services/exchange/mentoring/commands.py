"""What may be done with communities. `asker`: who asks; what is not theirs to see is not there for them."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from services.exchange.mentoring.model import HOURS, LONGEST, LONGEST_NAME, Community, Meeting, Member
from services.exchange.mentoring.policies import Plan
from services.exchange.mentoring.queries import members_of, no_such_community
from services.exchange.placements.queries.reaching import Asker
from shared.auth import covers
from shared.db import Transaction
from shared.errors import Forbidden, Invalid
from shared.roster import roster_people, roster_schools
from shared.text import Sentence


def begin_community(tx: Transaction, *, id_: UUID, plan: Plan, asker: Asker) -> Community:
    """Begin a pair or a community; it belongs to the region of its master's school. Raises Forbidden, Invalid."""
    plan.insist()
    people, schools = roster_people.c, roster_schools.c
    known = {
        row.person_id: row
        for row in tx.db.execute(
            sa.select(people.person_id, people.school_id, schools.region_code)
            .join(roster_schools, schools.school_id == people.school_id)
            .where(people.person_id.in_(list(plan.people)), sa.not_(people.left))
        )
    }
    if missing := [each for each in plan.people if each not in known]:
        raise Invalid(
            Sentence(
                zh=f"有 {len(missing)} 人不在名录里，或已离开学校。",
                en=f"{len(missing)} of them are not in the directory, or have left.",
            ),
            field="members",
        )
    master = known[plan.master]
    if master.school_id not in asker.schools and not any(
        covers(scope, region=master.region_code) for scope in asker.scopes
    ):
        raise Forbidden(
            Sentence(
                zh="由师傅（主持人）的学校或区域建立。",
                en="The master's school or region begins it.",
            )
        )
    community = Community(
        id=id_,
        version=1,
        kind=plan.kind,
        name=plan.name,
        region_code=master.region_code,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        reason="",
        by=tx.actor,
        changed_at=tx.now,
    )
    tx.db.add(community)
    tx.db.flush()  # its members refer to it
    tx.db.add(Member(community_id=id_, person_id=plan.master, role="master"))
    rows = [(each, "member", plan.master) for each in plan.members]
    for backbone, some in plan.groups:
        rows += [(backbone, "backbone", plan.master), *((each, "member", backbone) for each in some)]
    tx.db.add_all(Member(community_id=id_, person_id=each, role=role, led_by=by) for each, role, by in rows)
    tx.record(what="exchange.community.begun", subject_kind="community", subject=id_)
    return community


def hold_meeting(
    tx: Transaction,
    *,
    id_: UUID,
    community_id: UUID,
    asker: Asker,
    held_on: date,
    topic: str,
    minutes: int,
    present: Collection[UUID],
    text: str = "",
    session_id: UUID | None = None,
) -> Meeting:
    """Write a meeting down; by its people or who looks after it. Raises NotFound, Forbidden, Refusal, Invalid."""
    community = tx.load(Community, community_id)
    people = {each.person_id for each in members_of(tx.db, community_id)}
    _insist_theirs(tx, community, people, asker)
    community.insist_going()
    today = (tx.now + timedelta(hours=8)).date()
    if not community.starts_on <= held_on <= min(today, community.ends_on):
        raise Invalid(
            Sentence(
                zh=f"日期要在 {community.starts_on} 至 {min(today, community.ends_on)} 之间。",
                en=f"The day is from {community.starts_on} to {min(today, community.ends_on)}.",
            ),
            field="held_on",
        )
    if not topic or len(topic) > LONGEST_NAME:
        raise Invalid(Sentence(zh=f"请填写主题，最多 {LONGEST_NAME} 个字。", en=f"A topic of at most {LONGEST_NAME} characters."), field="topic")  # fmt: skip
    if not 1 <= minutes <= HOURS * 60 or len(text) > LONGEST:
        raise Invalid(Sentence(zh="请填写 1 到 1440 分钟。", en="From 1 to 1440 minutes."), field="minutes")
    if not present or not set(present) <= people:
        raise Invalid(
            Sentence(zh="请勾选到场的成员。", en="Tick who of its people was there."), field="present"
        )
    meeting = Meeting(
        id=id_,
        community_id=community_id,
        held_on=held_on,
        topic=topic,
        text=text,
        minutes=minutes,
        present=sorted(str(each) for each in set(present)),
        session_id=session_id,
        by=tx.actor,
        at=tx.now,
    )
    tx.db.add(meeting)
    community.changed_at = tx.now
    community.advance()
    tx.record(what="exchange.community.met", subject_kind="community", subject=community_id)
    return meeting


def end_community(tx: Transaction, *, community_id: UUID, asker: Asker, reason: str) -> Community:
    """End it, with why; what was done stays. Raises NotFound, Forbidden, Refusal, Invalid."""
    community = tx.load(Community, community_id)
    people = {each.person_id for each in members_of(tx.db, community_id)}
    _insist_theirs(tx, community, people, asker)
    community.insist_going()
    if not reason or len(reason) > LONGEST:
        raise Invalid(Sentence(zh="请写明原因。", en="Say why."), field="reason")
    community.ended_on, community.reason = (tx.now + timedelta(hours=8)).date(), reason
    community.changed_at = tx.now
    community.advance()
    tx.record(what="exchange.community.ended", subject_kind="community", subject=community_id)
    return community


def _insist_theirs(tx: Transaction, community: Community, people: Collection[UUID], asker: Asker) -> None:
    """Raise NotFound for who has nothing to do with it."""
    if asker.person_id in people or any(
        covers(scope, region=community.region_code) for scope in asker.scopes
    ):
        return
    table = roster_people.c
    schools = set(tx.db.scalars(sa.select(table.school_id).where(table.person_id.in_(list(people)))))
    if not schools & asker.schools:
        raise no_such_community()
