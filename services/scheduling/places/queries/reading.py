"""What each side sees of invitations, in a fixed number of queries."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from services.scheduling.hosting.model import may_host
from services.scheduling.invitations.model.answer import Answer
from services.scheduling.invitations.model.invitation import Enrolment, Invitation
from services.scheduling.invitations.model.subjects import Asker, Subject
from services.scheduling.invitations.queries import lies_within, no_such_invitation, subjects_of
from services.scheduling.places.queries.rows import (
    AnswerRow,
    InvitationRow,
    Overview,
    PlaceRow,
    answer_rows,
    invitation_rows,
    people_of_enrolment,
)


def overview(db: orm.Session, subject_id: UUID, scopes: Collection[str]) -> Overview:
    """All that the host of a session or a programme sees. Raises NotFound, also where another region hosts it."""
    subject = subjects_of(db, [subject_id]).get(subject_id)
    if subject is None or not may_host(scopes, subject.host_region):
        raise no_such_invitation()
    enrolment = db.get(Enrolment, subject_id)
    of_it = [Answer.enrolment_id == subject_id, Answer.state != "out"]
    people = people_of_enrolment(db, subject_id)
    answers = answer_rows(db, *of_it)
    shown = sa.select(Invitation).where(Invitation.enrolment_id == subject_id).order_by(Invitation.opened_at, Invitation.id)  # fmt: skip
    return Overview(
        subject=subject,
        version=enrolment.version if enrolment else 0,
        places=enrolment.places if enrolment else None,
        deadline=enrolment.deadline if enrolment else None,
        invitations=invitation_rows(db, db.scalars(shown).all(), answers),
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
    answers = answer_rows(db, Answer.invitation_id.in_([each.id for each in found]), Answer.state != "out")
    return invitation_rows(db, found, answers), subjects_of(db, {each.enrolment_id for each in found}), total


def invitation_seen(
    db: orm.Session, invitation_id: UUID, scopes: Collection[str]
) -> tuple[InvitationRow, Subject, list[AnswerRow], datetime | None]:
    """An invitation for its host or the region that is invited, with its deadline. Raises NotFound."""
    found = db.get(Invitation, invitation_id)
    if found is None or not any(may_host(scopes, each) for each in (found.host_region, found.region_code)):
        raise no_such_invitation()
    # Once nobody is invited any more, who was asked still sees for whom.
    which = Answer.state != "out" if found.state in {"asked", "open"} else sa.true()
    answers = answer_rows(db, Answer.invitation_id == invitation_id, which)
    [row] = invitation_rows(db, [found], answers)
    subject = subjects_of(db, [found.enrolment_id])[found.enrolment_id]
    return row, subject, answers, db.scalar(sa.select(Enrolment.deadline).where(Enrolment.id == subject.id))


def answer_seen(
    db: orm.Session, answer_id: UUID, asker: Asker
) -> tuple[AnswerRow, InvitationRow, Subject, datetime | None, list[PlaceRow]]:
    """What a school is asked, for the school, its region or the host; with the deadline and its people. Raises NotFound."""
    found = db.get(Answer, answer_id)
    if found is None:
        raise no_such_invitation()
    [row] = answer_rows(db, Answer.id == answer_id)
    invitation = db.get(Invitation, found.invitation_id)
    if invitation is None:  # the database itself forbids it
        raise no_such_invitation()
    open_to = invitation.state == "open" and found.state != "out"
    if not asker.hosts(invitation.host_region) and not (
        open_to
        and (found.school_id in asker.schools or asker.coordinates(row.region_code or invitation.region_code))
    ):
        raise no_such_invitation()
    [shown] = invitation_rows(db, [invitation], [row])
    subject = subjects_of(db, [found.enrolment_id])[found.enrolment_id]
    deadline = db.scalar(sa.select(Enrolment.deadline).where(Enrolment.id == subject.id))
    people = [each for each in people_of_enrolment(db, subject.id) if each.answer_id == answer_id]
    return row, shown, subject, deadline, people


def asked_of(
    db: orm.Session, schools: Collection[UUID]
) -> tuple[list[AnswerRow], Mapping[UUID, Subject], Mapping[UUID, datetime | None]]:
    """What these schools are asked and may know of, the latest last; what it is for, and until when they may answer."""
    open_ones = sa.select(Invitation.id).where(Invitation.state == "open")
    rows = answer_rows(
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
