"""What the other side answers, and how many may come until when."""

from datetime import datetime
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
from services.scheduling.invitations.commands.inviting import let_know
from services.scheduling.invitations.model.answer import Answer
from services.scheduling.invitations.model.invitation import Enrolment, Invitation
from services.scheduling.invitations.model.subjects import Asker, Closed, Kind, Quota
from services.scheduling.invitations.queries import no_such_invitation
from services.scheduling.places.commands.filling import fill
from shared.db import Transaction
from shared.errors import Invalid, Refusal, Stale
from shared.text import Sentence


def agree(tx: Transaction, *, invitation_id: UUID, asker: Asker) -> Invitation:
    """The other side agrees: its schools are told, and may answer. Raises NotFound, Refusal, Closed."""
    filling, invitation = _asked(tx, invitation_id, asker)
    if filling.subject.why_closed and invitation.state == "asked":
        raise Closed(filling.subject.why_closed, possible=["refuse"])
    tx.emit(invitation.agree(filling.subject, by=tx.actor, at=tx.now))
    tx.emit(invitation.task(filling.subject, deadline=filling.enrolment.deadline))
    let_know(tx, filling, invitation)
    for answer in tx.db.scalars(sa.select(Answer).where(Answer.invitation_id == invitation.id)).all():
        await_answer(tx, filling, invitation, answer)
    return invitation


def refuse(tx: Transaction, *, invitation_id: UUID, reason: str, asker: Asker) -> Invitation:
    """The other side does not agree, and says why; its schools never hear of it. Raises NotFound, Invalid, Refusal."""
    filling, invitation = _asked(tx, invitation_id, asker)
    tx.emit(invitation.refuse(filling.subject, reason=reason, by=tx.actor, at=tx.now))
    tx.emit(invitation.task(filling.subject, deadline=filling.enrolment.deadline))
    for answer in tx.db.scalars(sa.select(Answer).where(Answer.invitation_id == invitation.id)).all():
        answer.say("out", by=tx.actor, at=tx.now)
    for session in filling.sessions:
        if set(session.awaiting_schools or ()).intersection(invitation.schools):
            session.forgo(invitation.schools)
    return invitation


def limit_places(
    tx: Transaction,
    *,
    subject_id: UUID,
    kind: Kind,
    places: int | None,
    deadline: datetime | None,
    asker: Asker,
    seen: int | None = None,
) -> Enrolment:
    """Say how many may come in all, and until when schools may answer; who waited comes in where there is room now.

    Who is in stays in. Raises NotFound, Invalid, Refusal before it is released, Stale.
    """
    subject, sessions = lock_subject(tx, id_=subject_id, kind=kind)
    if not asker.hosts(subject.host_region):
        raise no_such_invitation()
    if subject.why_closed:
        raise Refusal(subject.why_closed)
    filling = begin_filling(tx, subject, sessions)
    enrolment = filling.enrolment
    if seen is not None and seen != enrolment.version:
        raise Stale(
            Sentence(
                zh="你打开页面之后，报名情况已有变动。请核对现在的内容，再操作一次。",
                en="The list has changed since you opened the page. Look at it as it is now, then try again.",
            ),
            seen=seen,
            now=enrolment.version,
        )
    if deadline is not None and deadline > subject.ends_at:
        raise Invalid(
            Sentence(zh="截止时间要早于活动结束。", en="The deadline must come before it ends."),
            field="deadline",
        )
    enrolment.limit(places=places, deadline=deadline)
    _refill(tx, filling, asker)
    rows = tx.db.execute(
        sa.select(Answer, Invitation)
        .join(Invitation, Invitation.id == Answer.invitation_id)
        .where(Answer.enrolment_id == enrolment.id, Answer.state == "waiting", Invitation.state == "open")
    ).all()
    for answer, invitation in rows:
        answer.advance()
        await_answer(tx, filling, invitation, answer)
    return enrolment


def give_quota(tx: Transaction, *, invitation_id: UUID, quota: Quota, asker: Asker) -> Invitation:
    """Say how many may come by one invitation, and of each of its schools; who is in stays in. Raises NotFound, Invalid."""
    filling, invitation = invitation_of(tx, invitation_id)
    if not asker.hosts(invitation.host_region):
        raise no_such_invitation()
    if invitation.state not in {"asked", "open"}:
        raise Refusal(
            invitation.why_not_withdraw() or Sentence(zh="邀请已结束。", en="The invitation is over.")
        )
    invitation.keep(quota)
    filling.enrolment.advance()
    _refill(tx, filling, asker)
    return invitation


def _refill(tx: Transaction, filling: Filling, asker: Asker) -> None:
    if fill(tx, filling):
        take(tx, filling.sessions, scopes=asker.scopes)


def _asked(tx: Transaction, invitation_id: UUID, asker: Asker) -> tuple[Filling, Invitation]:
    """An invitation for who coordinates the region that is invited. Raises NotFound."""
    filling, invitation = invitation_of(tx, invitation_id)
    if not invitation.crosses or not asker.coordinates(invitation.region_code):
        raise no_such_invitation()
    return filling, invitation
