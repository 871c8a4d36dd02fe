"""Reads about who is invited, who has answered and who takes part, each in a fixed number of queries."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.hosting.model import may_host
from services.scheduling.invitations.model.answer import Answer
from services.scheduling.invitations.model.invitation import Enrolment, Invitation
from services.scheduling.invitations.model.subjects import Asker, Subject
from services.scheduling.invitations.queries import lies_within, no_such_invitation, subjects_of
from services.scheduling.places.model import Place
from services.scheduling.programmes.model import Trainee
from services.scheduling.sessions.model import Session
from shared.roster import roster_people, roster_schools
from shared.roster.tables import roster_groups, roster_regions

#: People of one school who are offered.
_MOST_STAFF = 600


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


def overview(db: orm.Session, subject_id: UUID, scopes: Collection[str]) -> Overview:
    """All that the host of a session or a programme sees. Raises NotFound, also where another region hosts it."""
    subject = subjects_of(db, [subject_id]).get(subject_id)
    if subject is None or not may_host(scopes, subject.host_region):
        raise no_such_invitation()
    enrolment = db.get(Enrolment, subject_id)
    of_it = [Answer.enrolment_id == subject_id, Answer.state != "out"]
    people = people_of_enrolment(db, subject_id)
    answers = _answers(db, *of_it)
    shown = sa.select(Invitation).where(Invitation.enrolment_id == subject_id).order_by(Invitation.opened_at, Invitation.id)  # fmt: skip
    return Overview(
        subject=subject,
        version=enrolment.version if enrolment else 0,
        places=enrolment.places if enrolment else None,
        deadline=enrolment.deadline if enrolment else None,
        invitations=_rows(db, db.scalars(shown).all(), answers),
        answers=answers,
        people=people,
    )


def invitations_received(
    db: orm.Session, scopes: Collection[str], *, state: str = "", sent: bool = False, limit: int, offset: int
) -> tuple[list[InvitationRow], Mapping[UUID, Subject], int]:
    """The invitations across borders that regions in these scopes got, or `sent`; those that wait come first.

    Answers the rows, what they are for, and how many there are in all.
    """
    column = Invitation.host_region if sent else Invitation.region_code
    where = [Invitation.crosses, lies_within(column, scopes)]
    if state:
        where.append(Invitation.state == state)
    total = db.scalar(sa.select(sa.func.count()).select_from(Invitation).where(*where)) or 0
    found = db.scalars(
        sa.select(Invitation)
        .where(*where)
        .order_by(Invitation.state != "asked", Invitation.opened_at.desc(), Invitation.id)
        .limit(limit)
        .offset(offset)
    ).all()
    answers = _answers(db, Answer.invitation_id.in_([each.id for each in found]), Answer.state != "out")
    return _rows(db, found, answers), subjects_of(db, {each.enrolment_id for each in found}), total


def invitation_seen(
    db: orm.Session, invitation_id: UUID, scopes: Collection[str]
) -> tuple[InvitationRow, Subject, list[AnswerRow], datetime | None]:
    """An invitation for its host or the region that is invited, with its deadline. Raises NotFound."""
    found = db.get(Invitation, invitation_id)
    if found is None or not any(may_host(scopes, each) for each in (found.host_region, found.region_code)):
        raise no_such_invitation()
    # Once nobody is invited any more, who was asked still sees for whom.
    which = Answer.state != "out" if found.state in {"asked", "open"} else sa.true()
    answers = _answers(db, Answer.invitation_id == invitation_id, which)
    [row] = _rows(db, [found], answers)
    subject = subjects_of(db, [found.enrolment_id])[found.enrolment_id]
    return row, subject, answers, db.scalar(sa.select(Enrolment.deadline).where(Enrolment.id == subject.id))


def answer_seen(
    db: orm.Session, answer_id: UUID, asker: Asker
) -> tuple[AnswerRow, InvitationRow, Subject, datetime | None, list[PlaceRow]]:
    """What a school is asked, for the school, its region or the host; with the deadline and its people. Raises NotFound."""
    found = db.get(Answer, answer_id)
    if found is None:
        raise no_such_invitation()
    [row] = _answers(db, Answer.id == answer_id)
    invitation = db.get(Invitation, found.invitation_id)
    if invitation is None:  # the database itself forbids it
        raise no_such_invitation()
    open_to = invitation.state == "open" and found.state != "out"
    if not asker.hosts(invitation.host_region) and not (
        open_to and (found.school_id in asker.schools or asker.coordinates(invitation.region_code))
    ):
        raise no_such_invitation()
    [shown] = _rows(db, [invitation], [row])
    subject = subjects_of(db, [found.enrolment_id])[found.enrolment_id]
    deadline = db.scalar(sa.select(Enrolment.deadline).where(Enrolment.id == subject.id))
    people = [each for each in people_of_enrolment(db, subject.id) if each.answer_id == answer_id]
    return row, shown, subject, deadline, people


def asked_of(
    db: orm.Session, schools: Collection[UUID]
) -> tuple[list[AnswerRow], Mapping[UUID, Subject], Mapping[UUID, datetime | None]]:
    """What these schools are asked and may know of, the latest last; what it is for, and until when they may answer."""
    open_ones = sa.select(Invitation.id).where(Invitation.state == "open")
    rows = _answers(
        db,
        Answer.school_id.in_(list(schools)),
        Answer.state != "out",
        Answer.invitation_id.in_(open_ones),
    )
    ids = {row.enrolment_id for row in rows}
    subjects = subjects_of(db, ids)
    deadlines = dict(
        db.execute(sa.select(Enrolment.id, Enrolment.deadline).where(Enrolment.id.in_(ids))).all()
    )
    return sorted(rows, key=lambda row: subjects[row.enrolment_id].starts_at), subjects, deadlines


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


def participants(db: orm.Session, session_id: UUID) -> list[tuple[UUID, str, UUID | None]]:
    """Who takes part in a session and is in the directory: id, name, school; the programme's roster first. Two queries."""
    people = roster_people.c
    listed = db.execute(
        sa.select(Trainee.person_id, Trainee.name, people.school_id)
        .join(Session, Session.programme_id == Trainee.programme_id)
        .outerjoin(roster_people, people.person_id == Trainee.person_id)
        .where(Session.id == session_id, Trainee.person_id.is_not(None))
        .order_by(Trainee.ordinal)
    ).all()
    placed = db.execute(
        sa.select(Place.person_id, Place.name, Place.school_id)
        .where(Place.enrolment_id == session_id, Place.state == "in")
        .order_by(Place.number)
    ).all()
    once = {id_: (id_, name, school) for id_, name, school in (*placed, *listed) if id_ is not None}
    return [once[id_] for id_ in dict.fromkeys(row[0] for row in (*listed, *placed)) if id_ is not None]


def staff_of(db: orm.Session, school_id: UUID) -> list[tuple[UUID, str, str]]:
    """Who works at a school: id, name, and what they do. One query."""
    people = roster_people.c
    rows = db.execute(
        sa.select(people.person_id, people.name, people.post, people.subject)
        .where(people.school_id == school_id, sa.not_(people.left), people.merged_into.is_(None))
        .order_by(people.name, people.person_id)
        .limit(_MOST_STAFF)
    )
    return [(id_, name, " · ".join(filter(None, (post, subject)))) for id_, name, post, subject in rows]


def groups_of(db: orm.Session) -> list[tuple[UUID, str]]:
    """The education groups that one may invite. One query."""
    groups = roster_groups.c
    rows = db.execute(
        sa.select(groups.group_id, groups.name).where(sa.not_(groups.retired)).order_by(groups.name)
    )
    return [(id_, name) for id_, name in rows]


def regions_of(db: orm.Session) -> list[tuple[str, str, str]]:
    """The regions that one may invite as a whole: code, name and level, in the order of their codes. One query."""
    regions = roster_regions.c
    rows = db.execute(
        sa.select(regions.code, regions.name, regions.level)
        .where(sa.not_(regions.abolished))
        .order_by(regions.code)
    )
    return [(code, name, level) for code, name, level in rows]


def _answers(db: orm.Session, *where: sa.ColumnElement[bool]) -> list[AnswerRow]:
    """In the order of regions and schools. Two queries."""
    schools = roster_schools.c
    found = db.execute(
        sa.select(Answer, schools.name, schools.region_name)
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
            state=answer.state,
            reason=answer.reason,
            answered_at=answer.answered_at,
            inside=counts[answer.id, "in"],
            waiting=counts[answer.id, "waiting"],
        )
        for answer, school, region in found
    ]


def _rows(db: orm.Session, found: Sequence[Invitation], answers: Iterable[AnswerRow]) -> list[InvitationRow]:
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
