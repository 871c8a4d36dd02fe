"""The lock under which a session or a programme is filled, and what every command needs of it."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.invitations.model.answer import Answer
from services.scheduling.invitations.model.invitation import Enrolment, Invitation
from services.scheduling.invitations.model.subjects import Kind, Subject
from services.scheduling.invitations.queries import (
    no_such_invitation,
    subject_of_programme,
    subject_of_session,
)
from services.scheduling.programmes.model import Programme
from services.scheduling.sessions.model import Session
from shared.db import Transaction


@dataclass(frozen=True, slots=True)
class Filling:
    """A session or a programme while it is filled: nobody else changes its invitations and places before the commit."""

    enrolment: Enrolment
    subject: Subject
    sessions: tuple[Session, ...]


def lock_subject(tx: Transaction, *, id_: UUID, kind: Kind) -> tuple[Subject, tuple[Session, ...]]:
    """What people are invited to, locked with its sessions. Raises NotFound."""
    if kind == "session":
        session = tx.load(Session, id_)
        return subject_of_session(session), (session,)
    programme = tx.load(Programme, id_)
    of_it = sa.select(Session).where(Session.programme_id == id_)
    sessions = tuple(tx.db.scalars(of_it.order_by(Session.starts_at, Session.id).with_for_update()))
    return subject_of_programme(programme, sessions), sessions


def lock_filling(tx: Transaction, enrolment_id: UUID) -> Filling:
    """The queue of a session or a programme, locked: first what it is for, then the queue, always in this order.

    Raises NotFound where nobody was ever invited.
    """
    # What an enrolment is for never changes, so that this may be read before the lock.
    kind = tx.db.scalar(sa.select(Enrolment.kind).where(Enrolment.id == enrolment_id))
    if kind is None:
        raise no_such_invitation()
    subject, sessions = lock_subject(
        tx, id_=enrolment_id, kind="session" if kind == "session" else "programme"
    )
    return Filling(tx.load(Enrolment, enrolment_id), subject, sessions)


def begin_filling(tx: Transaction, subject: Subject, sessions: tuple[Session, ...]) -> Filling:
    """The queue of what is locked already; begun where there is none yet."""
    if tx.db.get(Enrolment, subject.id) is None:
        tx.db.add(Enrolment.begin(id_=subject.id, kind=subject.kind))
        tx.db.flush()  # invitations refer to it
    return Filling(tx.load(Enrolment, subject.id), subject, sessions)


def invitation_of(tx: Transaction, invitation_id: UUID) -> tuple[Filling, Invitation]:
    """An invitation and what it is for, locked. Raises NotFound."""
    enrolment_id = tx.db.scalar(sa.select(Invitation.enrolment_id).where(Invitation.id == invitation_id))
    if enrolment_id is None:
        raise no_such_invitation()
    return lock_filling(tx, enrolment_id), tx.load(Invitation, invitation_id)


def answer_of(tx: Transaction, answer_id: UUID) -> tuple[Filling, Invitation, Answer]:
    """What a school is asked, and what for, locked. Raises NotFound."""
    invitation_id = tx.db.scalar(sa.select(Answer.invitation_id).where(Answer.id == answer_id))
    if invitation_id is None:
        raise no_such_invitation()
    filling, invitation = invitation_of(tx, invitation_id)
    return filling, invitation, tx.load(Answer, answer_id)


def await_answer(tx: Transaction, filling: Filling, invitation: Invitation, answer: Answer) -> None:
    """Say whether the school's answer is awaited, where it ever was or is now."""
    deadline = filling.enrolment.deadline
    task = answer.task(invitation, filling.subject, deadline=deadline)
    if answer.asked or task.closed_at is None:
        answer.asked = True
        tx.emit(task)
