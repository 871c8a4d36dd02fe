"""Reads about communities."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.mentoring.model import QUIET, Community, Meeting, Member
from services.exchange.mentoring.policies import activity
from services.exchange.placements.queries.people import people_named
from services.exchange.placements.queries.reaching import Asker, within
from shared.errors import Invalid, NotFound
from shared.roster import roster_people, roster_schools
from shared.text import Sentence

_NAMED = re.compile(r"(?P<name>[^（()）]+?)\s*(?:[（(](?P<school>[^）)]+)[）)])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityRow:
    """A community on a list. quiet: nobody has met for long."""

    community: Community
    master: str
    people: int
    meetings: int
    last: date | None
    quiet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """Somebody in it, and how often they were there."""

    person_id: UUID
    name: str
    role: str
    led_by: UUID | None
    there: int
    left_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """All of a community, its meetings the latest first. former: who was in it and is not any more."""

    community: Community
    members: Sequence[MemberRow]
    meetings: Sequence[Meeting]
    former: Sequence[MemberRow]


def reaches_community(asker: Asker, scopes: Iterable[str] | None = None) -> sa.ColumnElement[bool]:
    """Whether a community is somebody's to know of: of their region, with people of their school, or with themselves."""
    read = asker.read if scopes is None else asker.read & frozenset(scopes)
    member, people = Member, roster_people.c
    found = [within(Community.region_code, read)]
    if asker.schools:
        of_school = (
            sa.select(member.community_id)
            .join(roster_people, people.person_id == member.person_id)
            .where(people.school_id.in_(list(asker.schools)), member.left_on.is_(None))
        )
        found.append(Community.id.in_(of_school))
    if asker.person_id is not None:
        found.append(
            Community.id.in_(sa.select(member.community_id).where(member.person_id == asker.person_id))
        )
    return sa.or_(sa.false(), *found)


def communities(
    db: Session, asker: Asker, *, today: date, scopes: Iterable[str] | None, offset: int, limit: int
) -> tuple[list[CommunityRow], int]:
    """Those that the reader may know of, those that go on first. Five queries."""
    condition = reaches_community(asker, scopes)
    total = db.scalar(sa.select(sa.func.count()).select_from(Community).where(condition)) or 0
    some = db.scalars(
        sa.select(Community)
        .where(condition)
        .order_by(Community.ended_on.is_not(None), Community.ends_on.desc(), Community.id)
        .offset(offset)
        .limit(limit)
    ).all()
    ids = [each.id for each in some]
    counts = {
        row.community_id: row.number
        for row in db.execute(
            sa.select(Member.community_id, sa.func.count().label("number"))
            .where(Member.community_id.in_(ids), Member.left_on.is_(None))
            .group_by(Member.community_id)
        )
    }
    met = {
        row.community_id: (row.number, row.last)
        for row in db.execute(
            sa.select(
                Meeting.community_id,
                sa.func.count().label("number"),
                sa.func.max(Meeting.held_on).label("last"),
            )
            .where(Meeting.community_id.in_(ids))
            .group_by(Meeting.community_id)
        )
    }
    masters = {
        row.community_id: row.name
        for row in db.execute(
            sa.select(Member.community_id, roster_people.c.name)
            .join(roster_people, roster_people.c.person_id == Member.person_id)
            .where(Member.community_id.in_(ids), Member.role == "master", Member.left_on.is_(None))
        )
    }
    rows: list[CommunityRow] = []
    for each in some:
        number, last = met.get(each.id, (0, None))
        since = last or each.starts_on
        rows.append(
            CommunityRow(
                community=each,
                master=masters.get(each.id, "—"),
                people=counts.get(each.id, 0),
                meetings=number,
                last=last,
                quiet=each.ended_on is None and each.starts_on <= today and (today - since).days > QUIET,
            )
        )
    return rows, total


def community_of(db: Session, community_id: UUID, asker: Asker) -> Shown:
    """One with its people and meetings. Four queries. Raises NotFound, also where it is not theirs."""
    found = db.scalar(sa.select(Community).where(Community.id == community_id, reaches_community(asker)))
    if found is None:
        raise no_such_community()
    members = db.scalars(sa.select(Member).where(Member.community_id == community_id)).all()
    names = people_named(db, {each.person_id for each in members})
    meetings = db.scalars(
        sa.select(Meeting)
        .where(Meeting.community_id == community_id)
        .order_by(Meeting.held_on.desc(), Meeting.at.desc())
    ).all()
    there = activity([each.present for each in meetings], [str(each.person_id) for each in members])
    rows = [
        MemberRow(
            person_id=each.person_id,
            name=names.get(each.person_id, "—"),
            role=each.role,
            led_by=each.led_by,
            there=there[str(each.person_id)],
            left_on=each.left_on,
        )
        for each in members
    ]
    rows.sort(key=lambda row: row.name)
    return Shown(
        community=found,
        members=[row for row in rows if row.left_on is None],
        meetings=meetings,
        former=[row for row in rows if row.left_on is not None],
    )


def members_of(db: Session, community_id: UUID) -> Collection[Member]:
    """Who is in it now. One query."""
    return db.scalars(
        sa.select(Member).where(Member.community_id == community_id, Member.left_on.is_(None))
    ).all()


def words_for(db: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """How `people_called` takes each of these people: the name, with the school where several have it. Two queries."""
    people, schools = roster_people.c, roster_schools.c
    rows = db.execute(
        sa.select(people.person_id, people.name, schools.name.label("school"))
        .outerjoin(roster_schools, schools.school_id == people.school_id)
        .where(people.person_id.in_(list(ids)))
    ).all()
    several = set(
        db.scalars(
            sa.select(people.name)
            .where(
                people.name.in_({row.name for row in rows}),
                sa.not_(people.left),
                people.merged_into.is_(None),
            )
            .group_by(people.name)
            .having(sa.func.count() > 1)
        )
    )
    return {
        row.person_id: f"{row.name}（{row.school}）" if row.name in several and row.school else row.name
        for row in rows
    }


def people_called(db: Session, words: Collection[str], *, field: str = "lines") -> dict[str, UUID]:
    """Who is meant by each of these: a name, or a name with the school in brackets where several have it. One query.

    Raises Invalid with those who are nobody, or could be several.
    """
    asked = {word: _NAMED.fullmatch(word) for word in words}
    names = {found["name"] for found in asked.values() if found}
    people, schools = roster_people.c, roster_schools.c
    rows = db.execute(
        sa.select(people.person_id, people.name, schools.name.label("school"))
        .join(roster_schools, schools.school_id == people.school_id)
        .where(people.name.in_(sorted(names)), sa.not_(people.left), people.merged_into.is_(None))
    ).all()
    meant: dict[str, UUID] = {}
    unknown: list[str] = []
    for word, found in asked.items():
        some = [
            row.person_id
            for row in rows
            if found and row.name == found["name"] and (not found["school"] or row.school == found["school"])
        ]
        if len(some) == 1:
            meant[word] = some[0]
        else:
            unknown.append(word)
    if unknown:
        raise Invalid(
            Sentence(
                zh=f"名录里没有，或有同名：{'、'.join(unknown[:10])}。同名的写成“姓名（学校）”。",
                en=f"Nobody, or several, of the directory: {', '.join(unknown[:10])}. Where several have a name, write “name (school)”.",
            ),
            field=field,
        )
    return meant


def no_such_community() -> NotFound:
    """What is said of one that is not there, or not the reader's to know of."""
    return NotFound(
        Sentence(
            zh="没有找到这个共同体，可能不属于你的学校或区域。",
            en="There is no such community, or it is not your school's or region's.",
        )
    )
