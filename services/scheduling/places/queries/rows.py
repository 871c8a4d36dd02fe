"""Frozen rows of invitations, answers and places, and how they are read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.invitations.model.answer import Answer
from services.scheduling.invitations.model.invitation import Invitation
from services.scheduling.invitations.model.subjects import Subject
from services.scheduling.places.model import Place
from shared.roster import roster_people, roster_schools
from shared.roster.tables import roster_groups, roster_regions


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """Somebody who was named. rank: where among those who wait, from 1; 0 for all others."""

    id: UUID
    person_id: UUID
    answer_id: UUID
    invitation_id: UUID
    school_id: UUID
    name: str
    post: str
    school: str
    state: str
    rank: int
    named_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """An invited school and what it has said. inside, waiting: its people who take part, and who wait."""

    id: UUID
    version: int
    invitation_id: UUID
    enrolment_id: UUID
    school_id: UUID
    school: str
    region: str
    region_code: str
    state: str
    reason: str
    answered_at: datetime | None
    inside: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRow:
    """An invitation of one side. region, whom: in words; whom is empty where schools were chosen one by one."""

    id: UUID
    version: int
    enrolment_id: UUID
    host_region: str
    region_code: str
    region: str
    whom: str
    crosses: bool
    state: str
    note: str
    reason: str
    places: int | None
    school_places: int | None
    opened_at: datetime
    answered_at: datetime | None
    schools: int
    answered: int
    inside: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How far a session or a programme is filled."""

    subject: Subject
    version: int
    places: int | None
    deadline: datetime | None
    invitations: Sequence[InvitationRow]
    answers: Sequence[AnswerRow]
    people: Sequence[PlaceRow]

    @property
    def inside(self) -> int:
        """How many take part."""
        return sum(each.state == "in" for each in self.people)

    @property
    def queue(self) -> list[PlaceRow]:
        """Who waits, in order."""
        return [each for each in self.people if each.state == "waiting"]


def people_of_enrolment(db: orm.Session, enrolment_id: UUID) -> list[PlaceRow]:
    """Who was named for a session or a programme and not taken back, in order. One query."""
    people, schools = roster_people.c, roster_schools.c
    rows = db.execute(
        sa.select(Place, people.post, schools.name)
        .outerjoin(roster_people, people.person_id == Place.person_id)
        .outerjoin(roster_schools, schools.school_id == Place.school_id)
        .where(Place.enrolment_id == enrolment_id, Place.state != "withdrawn")
        .order_by(Place.number)
    )
    found: list[PlaceRow] = []
    rank = 0
    for place, post, school in rows:
        rank += place.state == "waiting"
        found.append(
            PlaceRow(
                id=place.id,
                person_id=place.person_id,
                answer_id=place.answer_id,
                invitation_id=place.invitation_id,
                school_id=place.school_id,
                name=place.name,
                post=post or "",
                school=school or "",
                state=place.state,
                rank=rank if place.state == "waiting" else 0,
                named_at=place.named_at,
            )
        )
    return found


def answer_rows(db: orm.Session, *where: sa.ColumnElement[bool]) -> list[AnswerRow]:
    """In the order of regions and schools. Two queries."""
    schools = roster_schools.c
    found = db.execute(
        sa.select(Answer, schools.name, schools.region_name, schools.region_code)
        .outerjoin(roster_schools, schools.school_id == Answer.school_id)
        .where(*where)
        .order_by(schools.region_code, schools.code, Answer.id)
    ).all()
    counts: Counter[tuple[UUID, str]] = Counter()
    of_them = sa.select(Answer.id).where(*where)
    for answer_id, state, number in db.execute(
        sa.select(Place.answer_id, Place.state, sa.func.count())
        .where(Place.answer_id.in_(of_them), Place.state != "withdrawn")
        .group_by(Place.answer_id, Place.state)
    ):
        counts[answer_id, state] = number
    return [
        AnswerRow(
            id=answer.id,
            version=answer.version,
            invitation_id=answer.invitation_id,
            enrolment_id=answer.enrolment_id,
            school_id=answer.school_id,
            school=school or str(answer.school_id),
            region=region or "",
            region_code=code or "",
            state=answer.state,
            reason=answer.reason,
            answered_at=answer.answered_at,
            inside=counts[answer.id, "in"],
            waiting=counts[answer.id, "waiting"],
        )
        for answer, school, region, code in found
    ]


def invitation_rows(
    db: orm.Session, found: Sequence[Invitation], answers: Iterable[AnswerRow]
) -> list[InvitationRow]:
    """Two queries."""
    by_invitation: dict[UUID, list[AnswerRow]] = {}
    for answer in answers:
        by_invitation.setdefault(answer.invitation_id, []).append(answer)
    codes = {code for each in found for code in (each.region_code, each.whom.removeprefix("region:"))}
    regions, groups = roster_regions.c, roster_groups.c
    names = {f"region:{code}": name for code, name in db.execute(sa.select(regions.code, regions.name).where(regions.code.in_(codes)))}  # fmt: skip
    ids = [UUID(each.whom.removeprefix("group:")) for each in found if each.whom.startswith("group:")]
    if ids:
        names |= {f"group:{id_}": name for id_, name in db.execute(sa.select(groups.group_id, groups.name).where(groups.group_id.in_(ids)))}  # fmt: skip
    rows = []
    for each in found:
        own = by_invitation.get(each.id, [])
        counties = dict.fromkeys(answer.region for answer in own if answer.region)
        rows.append(
            InvitationRow(
                id=each.id,
                version=each.version,
                enrolment_id=each.enrolment_id,
                host_region=each.host_region,
                region_code=each.region_code,
                region=names.get(f"region:{each.region_code}")
                or "、".join(list(counties)[:3])
                or each.region_code,
                whom=names.get(each.whom, "") if each.whom != "schools" else "",
                crosses=each.crosses,
                state=each.state,
                note=each.note,
                reason=each.reason,
                places=each.places,
                school_places=each.school_places,
                opened_at=each.opened_at,
                answered_at=each.answered_at,
                schools=len(own) if each.state in {"asked", "open"} else len(each.schools),
                answered=sum(answer.state in {"named", "declined"} for answer in own),
                inside=sum(answer.inside for answer in own),
                waiting=sum(answer.waiting for answer in own),
            )
        )
    return rows
