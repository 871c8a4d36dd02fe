"""What a community does, and its end. `asker`: who asks; what is not theirs to see is not there for them."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from services.exchange.mentoring.commands.guarding import insist_theirs, today_of
from services.exchange.mentoring.model import HOURS, LONGEST, LONGEST_NAME, Community, Meeting
from services.exchange.mentoring.queries import members_of
from services.exchange.placements.queries.reaching import Asker
from shared.db import Transaction
from shared.errors import Invalid
from shared.text import Sentence


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
    insist_theirs(tx, community, people, asker)
    community.insist_going()
    today = today_of(tx)
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
    insist_theirs(tx, community, people, asker)
    community.insist_going()
    if not reason or len(reason) > LONGEST:
        raise Invalid(Sentence(zh="请写明原因。", en="Say why."), field="reason")
    community.ended_on, community.reason = today_of(tx), reason
    community.changed_at = tx.now
    community.advance()
    tx.record(what="exchange.community.ended", subject_kind="community", subject=community_id)
    return community
