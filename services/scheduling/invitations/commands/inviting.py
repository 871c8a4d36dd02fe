"""Inviting schools. Where a border is crossed the other side is asked first, and its schools know nothing of it before."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.claims.commands import take
from services.scheduling.invitations.commands.holding import (
    Filling,
    await_answer,
    begin_filling,
    invitation_of,
    lock_subject,
)
from services.scheduling.invitations.model.answer import Answer
from services.scheduling.invitations.model.invitation import Invitation
from services.scheduling.invitations.model.subjects import Asker, Kind, Quota, Subject, Whom
from services.scheduling.invitations.policies.sides import sides_of
from services.scheduling.invitations.queries import (
    chosen_schools,
    invited_already,
    no_such_invitation,
    places_of_schools,
)
from services.scheduling.places.commands.filling import give_up
from services.scheduling.places.model import Place
from services.scheduling.plans.model import LONGEST, too_long
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence


def invite(
    tx: Transaction,
    *,
    subject_id: UUID,
    kind: Kind,
    whom: Whom,
    asker: Asker,
    quota: Quota | None = None,
    note: str = "",
) -> list[Invitation]:
    """Invite schools to what is released; one invitation for each side, or for a whole region. Answers them.

    Who is invited already is passed over. Raises NotFound, Invalid, Refusal where it is not released or nobody is left.
    """
    quota = quota or Quota()
    quota.insist()
    if len(note) > LONGEST:
        raise Invalid(too_long(LONGEST), field="note")
    subject, sessions = lock_subject(tx, id_=subject_id, kind=kind)
    if not asker.hosts(subject.host_region):
        raise no_such_invitation()
    if subject.why_closed:
        raise Refusal(subject.why_closed)
    sides = sides_of(chosen_schools(tx.db, whom), whom=whom, host_region=subject.host_region)
    filling = begin_filling(tx, subject, sessions)
    there = invited_already(tx.db, subject.id)
    left = [
        (region, crosses, fresh)
        for region, crosses, schools in sides
        if (fresh := [id_ for id_ in schools if id_ not in there])
    ]
    if not left:
        raise Refusal(
            Sentence(zh="选中的学校都已经邀请过了。", en="All of these schools are invited already.")
        )
    made = [
        open_invitation(
            tx,
            filling,
            region=region,
            schools=schools,
            crosses=crosses,
            whom=whom.scope or "schools",
            quota=quota,
            note=note,
            awaited=kind == "programme",
        )
        for region, crosses, schools in left
    ]
    for invitation in made:
        if invitation.state == "open":
            let_know(tx, filling, invitation)
        elif kind == "session":
            filling.sessions[0].wait_for(invitation.schools)
    return made


def follow_sessions(tx: Transaction, subject: Subject, sessions: tuple[Session, ...]) -> None:
    """Let invitations say what released sessions say of their schools: who is told, who is awaited, who is out.

    Called where sessions are released or revised; the schools are told by that.
    """
    released = [each for each in sessions if each.state in {"released", "postponed"}]
    invited = dict.fromkeys(id_ for each in released for id_ in each.invited_schools)
    awaited = dict.fromkeys(id_ for each in released for id_ in each.awaiting_schools or ())
    filling = begin_filling(tx, subject, sessions)
    there = invited_already(tx.db, subject.id)
    for crosses, schools in ((False, invited), (True, awaited)):
        regions = places_of_schools(tx.db, [id_ for id_ in schools if id_ not in there])
        for region in dict.fromkeys(regions.values()):
            of_it = [id_ for id_, lies in regions.items() if lies == region]
            open_invitation(tx, filling, region=region, schools=of_it, crosses=crosses)
    if subject.kind == "session":
        drop_schools(tx, filling, [id_ for id_ in there if id_ not in invited and id_ not in awaited])


def open_invitation(
    tx: Transaction,
    filling: Filling,
    *,
    region: str,
    schools: Sequence[UUID],
    crosses: bool,
    whom: str = "schools",
    quota: Quota | None = None,
    note: str = "",
    awaited: bool = False,
) -> Invitation:
    """An invitation and the answers to it; across a border it waits for the other side.

    awaited: whether the schools have to answer although no deadline is set.
    """
    quota = quota or Quota()
    invitation = Invitation(
        id=uuid7(),
        version=1,
        enrolment_id=filling.enrolment.id,
        host_region=filling.subject.host_region,
        region_code=region,
        whom=whom,
        schools=list(schools),
        crosses=crosses,
        places=quota.places,
        school_places=quota.school_places,
        state="asked" if crosses else "open",
        note=note,
        reason="",
        opened_by=tx.actor,
        opened_at=tx.now,
    )
    tx.db.add(invitation)
    tx.db.flush()  # answers refer to it
    answers = [
        Answer(
            id=uuid7(),
            version=1,
            invitation_id=invitation.id,
            enrolment_id=filling.enrolment.id,
            school_id=school_id,
            state="waiting",
            reason="",
            asked=awaited,
        )
        for school_id in schools
    ]
    tx.db.add_all(answers)
    tx.emit(invitation.opened(filling.subject, deadline=filling.enrolment.deadline))
    if crosses:
        tx.emit(invitation.task(filling.subject, deadline=filling.enrolment.deadline))
    else:
        for answer in answers:
            await_answer(tx, filling, invitation, answer)
    return invitation


def let_know(tx: Transaction, filling: Filling, invitation: Invitation) -> None:
    """Tell the schools of an invitation that is open of the sessions; of a programme's those for which they were awaited."""
    for session in filling.sessions:
        awaited = set(session.awaiting_schools or ())
        whom = [id_ for id_ in invitation.schools if filling.subject.kind == "session" or id_ in awaited]
        if whom and (revised := session.admit(whom)):
            tx.emit(revised)


def withdraw_invitation(tx: Transaction, *, invitation_id: UUID, reason: str, asker: Asker) -> Invitation:
    """Invite these schools no more, and say why; who was named gives the place up. Raises NotFound, Invalid, Refusal."""
    filling, invitation = invitation_of(tx, invitation_id)
    if not asker.hosts(invitation.host_region):
        raise no_such_invitation()
    schools = list(invitation.schools)
    tx.emit(invitation.withdraw(filling.subject, reason=reason, at=tx.now))
    _out(tx, filling, invitation, schools)
    for session in filling.sessions:
        known = {*session.invited_schools, *(session.awaiting_schools or ())}
        if known.intersection(schools) and (revised := session.forgo(schools)):
            tx.emit(revised)
    if invitation.crosses:
        tx.emit(invitation.task(filling.subject, deadline=filling.enrolment.deadline))
    take(tx, filling.sessions, scopes=asker.scopes)
    return invitation


def drop_schools(
    tx: Transaction, filling: Filling, schools: Iterable[UUID], *, reason: str = "活动安排有调整，不再邀请"
) -> None:
    """These are invited no more, as the session's plan says; the caller takes anew what the session holds."""
    gone = set(schools)
    if not gone:
        return
    of_it = sa.select(Invitation).where(
        Invitation.enrolment_id == filling.enrolment.id, Invitation.state.in_(("asked", "open"))
    )
    for invitation in tx.db.scalars(of_it).all():
        theirs = [id_ for id_ in invitation.schools if id_ in gone]
        for school_id in theirs:
            invitation.leave_out(school_id)
        if theirs:
            _out(tx, filling, invitation, theirs)
        if theirs and not invitation.schools:
            tx.emit(invitation.withdraw(filling.subject, reason=reason, at=tx.now))
        if theirs and invitation.crosses:
            tx.emit(invitation.task(filling.subject, deadline=filling.enrolment.deadline))


def tell_again(tx: Transaction, filling: Filling, *, over: str = "") -> None:
    """Say anew what waits, after the session itself was postponed, brought back, held or cancelled.

    over: why what was only asked for is withdrawn, where it is cancelled; the schools hear that by the session.
    """
    of_it = sa.select(Invitation).where(Invitation.enrolment_id == filling.enrolment.id)
    invitations = {each.id: each for each in tx.db.scalars(of_it)}
    for invitation in invitations.values():
        if invitation.state != "asked":
            continue
        if over:
            tx.emit(invitation.withdraw(filling.subject, reason=over, at=tx.now))
        else:
            invitation.advance()
        tx.emit(invitation.task(filling.subject, deadline=filling.enrolment.deadline))
    waiting = sa.select(Answer).where(Answer.enrolment_id == filling.enrolment.id, Answer.state == "waiting")
    for answer in tx.db.scalars(waiting).all():
        if answer.asked or filling.subject.why_closed is None:
            answer.advance()
            await_answer(tx, filling, invitations[answer.invitation_id], answer)


def _out(tx: Transaction, filling: Filling, invitation: Invitation, schools: Sequence[UUID]) -> None:
    """The answers and places of these schools go."""
    answers = tx.db.scalars(
        sa.select(Answer).where(Answer.invitation_id == invitation.id, Answer.school_id.in_(schools))
    ).all()
    for answer in answers:
        answer.say("out", by=tx.actor, at=tx.now)
        await_answer(tx, filling, invitation, answer)
    ids = [answer.id for answer in answers]
    give_up(tx, filling, tx.db.scalars(sa.select(Place).where(Place.answer_id.in_(ids))).all())
