"""Dividing the people of a session into groups, by a rule or by hand; places and leaders are taken with it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from services.scheduling.attendance.queries import expected_at
from services.scheduling.breakouts.model import Breakout, Division, faultless
from services.scheduling.breakouts.policies import How, deal
from services.scheduling.breakouts.queries import division_of
from services.scheduling.claims.commands import take
from services.scheduling.hosting.model import may_host
from services.scheduling.sessions.model import Session
from services.scheduling.sessions.queries import no_such_session
from shared.db import Transaction
from shared.errors import Invalid, Refusal, Stale
from shared.ids import uuid7
from shared.text import Sentence

#: States in which who works with whom may still change.
_DIVIDED = frozenset({"draft", "released", "held"})


def deal_out(
    tx: Transaction,
    *,
    session_id: UUID,
    number: int,
    how: How,
    scopes: Collection[str],
    seen: int | None = None,
) -> Division:
    """Deal everybody who is expected into so many groups; groups that are there keep their names, places and leaders.

    Raises NotFound, Invalid, Refusal, Stale, Taken.
    """
    session = _hosted(tx, session_id, scopes)
    found = division_of(tx.db, session_id)
    people = [(each.id, each.unit) for each in expected_at(tx.db, session)]
    if not people:
        raise Refusal(
            Sentence(
                zh="还没有参加的人，等名单定下来再分组。",
                en="Nobody takes part yet: make groups once there is a list of people.",
            )
        )
    if number > len(people):
        raise Invalid(
            Sentence(
                zh=f"只有 {len(people)} 人，分不成 {number} 组。",
                en=f"There are {len(people)} people, too few for {number} groups.",
            ),
            field="number",
        )
    before = found.groups if found else ()
    kept = [*before[:number], *(Breakout(name=f"第 {each + 1} 组") for each in range(len(before), number))]
    dealt = deal(people, number=number, how=how) if number > 0 else []
    groups = [
        replace(group, members=tuple(members))
        for group, members in zip(kept[: len(dealt)], dealt, strict=True)
    ]
    return _divide(tx, session, found, groups, scopes=scopes, seen=seen)


def arrange(
    tx: Transaction,
    *,
    session_id: UUID,
    groups: Sequence[Breakout],
    scopes: Collection[str],
    seen: int | None = None,
) -> Division:
    """Put the groups as they are given: names, places, leaders and members. Raises NotFound, Invalid, Refusal, Stale, Taken."""
    session = _hosted(tx, session_id, scopes)
    expected = {each.id for each in expected_at(tx.db, session)}
    strangers = [member for group in groups for member in group.members if member not in expected]
    if strangers:
        raise Invalid(
            Sentence(
                zh=f"有 {len(strangers)} 人已不在名单上，请刷新后再分。",
                en=f"{len(strangers)} of them are not on the list any more. Open the page anew.",
            ),
            field="groups",
        )
    return _divide(tx, session, division_of(tx.db, session_id), groups, scopes=scopes, seen=seen)


def _divide(
    tx: Transaction,
    session: Session,
    found: Division | None,
    groups: Sequence[Breakout],
    *,
    scopes: Collection[str],
    seen: int | None,
) -> Division:
    now = found.version if found else 0
    if seen is not None and seen != now:
        raise Stale(
            Sentence(
                zh="分组刚刚被别人改过。请核对后再保存。",
                en="Somebody has changed the groups since you saw them. Check them and save again.",
            ),
            seen=seen,
            now=now,
        )
    if found is None:
        faultless(groups)
        found = Division(
            id=uuid7(),
            version=1,
            session_id=session.id,
            groups=tuple(groups),
            divided_by=tx.actor,
            divided_at=tx.now,
        )
        tx.db.add(found)
    else:
        found.divide(groups, by=tx.actor, at=tx.now)
    tx.record(what="scheduling.session.divided", subject_kind="session", subject=session.id)
    tx.db.flush()  # what is taken is read anew, with the groups' places and leaders
    take(tx, [session], scopes=scopes)
    return found


def _hosted(tx: Transaction, session_id: UUID, scopes: Collection[str]) -> Session:
    session = tx.load(Session, session_id)
    if not may_host(scopes, session.host_region):
        raise no_such_session()
    if session.state not in _DIVIDED:
        raise Refusal(
            Sentence(
                zh="这次活动不再举行或已经办结，不能再分组。",
                en="It does not take place, or is over: its groups stay as they are.",
            )
        )
    return session
