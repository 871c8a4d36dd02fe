"""Releasing all sessions of a programme at once, and taking that back."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.claims.commands import take
from services.scheduling.facilities.commands import follow_session
from services.scheduling.invitations.commands.holding import lock_subject
from services.scheduling.invitations.commands.inviting import follow_sessions
from services.scheduling.invitations.queries import unasked
from services.scheduling.lifecycle.model import MAY
from services.scheduling.programmes.commands.keeping import programme_of
from services.scheduling.programmes.queries import schools_of_roster
from services.scheduling.recalls.commands import invite_no_more, recall_all
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.errors import Refusal
from shared.text import Sentence


def release_programme(
    tx: Transaction,
    *,
    programme_id: UUID,
    scopes: Collection[str],
    seen: int | None = None,
    override: str | None = None,
) -> list[Session]:
    """Release all drafts of a programme at once and tell the schools; answers them. Nothing is released if one cannot be.

    Raises NotFound, Refusal (nothing to release, or what a session lacks), Taken, unless `override` says why it is to be.
    """
    programme = programme_of(tx, programme_id, scopes, seen)
    of_it = sa.select(Session).where(Session.programme_id == programme.id, Session.state == "draft")
    drafts = tx.db.scalars(of_it.order_by(Session.starts_at, Session.id).with_for_update()).all()
    if not drafts:
        raise Refusal(Sentence(zh="没有待发布的活动。", en="Nothing of it is a draft."))
    also = schools_of_roster(tx.db, programme.id)
    everybody = {*also, *(id_ for session in drafts for id_ in session.invited_schools)}
    awaiting = unasked(tx.db, enrolment_id=programme.id, host_region=programme.host_region, schools=everybody)
    for session in drafts:
        if reason := session.why_not("release", also=also):
            raise Refusal(
                Sentence(zh=f"《{session.title}》：{reason.zh}", en=f"“{session.title}”: {reason.en}")
            )
        tx.emit(session.release(at=tx.now, also=also, awaiting=awaiting))
    take(tx, drafts, scopes=scopes, override=override)
    for session in drafts:
        follow_session(tx, session)
    follow_sessions(tx, *lock_subject(tx, id_=programme.id, kind="programme"))
    programme.settle(drafts=0, at=tx.now)
    tx.emit(programme.task())
    return list(drafts)


def recall_programme(
    tx: Transaction, *, programme_id: UUID, reason: str, scopes: Collection[str], seen: int | None = None
) -> list[Session]:
    """Make all released sessions of a programme drafts again, or none, and tell the schools why; answers them.

    What was held cannot be unsaid: then its other sessions are cancelled or recalled one by one. Raises NotFound, Invalid,
    Stale, Refusal.
    """
    programme = programme_of(tx, programme_id, scopes, seen)
    of_it = sa.select(Session).where(Session.programme_id == programme.id)
    sessions = tx.db.scalars(of_it.order_by(Session.starts_at, Session.id).with_for_update()).all()
    if over := next((each for each in sessions if each.state in {"held", "closed"}), None):
        raise Refusal(
            Sentence(
                zh=f"《{over.title}》已经举行，项目不能整体撤回；其余的活动可以逐场撤回或取消。",
                en=f"“{over.title}” has taken place, so the programme cannot be recalled as a whole. Recall or cancel the other sessions one by one.",
            )
        )
    told = [each for each in sessions if each.state in MAY["recall"]]
    if not told:
        raise Refusal(
            Sentence(
                zh="这个项目没有已发布的活动，无需撤回。",
                en="Nothing of this programme is released; there is nothing to recall.",
            )
        )
    recall_all(tx, told, reason=reason, scopes=scopes)
    invite_no_more(tx, programme.id, reason=reason)
    programme.settle(drafts=sum(each.state == "draft" for each in sessions), at=tx.now)
    tx.emit(programme.task())
    return told
