"""What sessions ask of schools: their invitations are confirmed like any announcement, where the host's rule says so."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.notifications.announcements.commands.reaching import receive, say
from services.notifications.announcements.commands.telling import close_missing
from services.notifications.announcements.model import MOST_DAYS, Announcement, AskingRule, Receipt, Text
from services.notifications.announcements.queries import days_asked
from services.notifications.inbox.model import INVITING, Entry, Notice
from shared.contracts.scheduling import (
    SessionCancelled,
    SessionPostponed,
    SessionRecalled,
    SessionReleased,
    SessionRevised,
)
from shared.db import Transaction
from shared.errors import Forbidden, Invalid
from shared.events.contract import Event
from shared.ids import named
from shared.text import Sentence

_ZONE = ZoneInfo("Asia/Shanghai")
_OVER = (SessionCancelled, SessionPostponed, SessionRecalled)


def set_rule(tx: Transaction, *, host_region: str, days: int, regions: Sequence[str]) -> None:
    """Have the sessions of a region ask for confirmation until so many days before; 0: no more. What is out goes on.

    Raises Forbidden for a region that is not one of `regions`, Invalid.
    """
    if host_region not in regions:
        raise Forbidden(
            Sentence(zh="这个区域不归你负责。", en="That region is not yours."), field="host_region"
        )
    if not 0 <= days <= MOST_DAYS:
        raise Invalid(
            Sentence(zh=f"请填写 0 到 {MOST_DAYS} 天。", en=f"Say 0 to {MOST_DAYS} days."), field="days"
        )
    rule = tx.db.get(AskingRule, host_region)
    if rule is None:
        tx.db.add(AskingRule(host_region=host_region, days=days, set_by=tx.actor, set_at=tx.now))
    else:
        rule.days, rule.set_by, rule.set_at = days, tx.actor, tx.now
    tx.record(what="notifications.asking_rule.set", subject_kind="region", subject=host_region)


def follow_session(tx: Transaction, event: Event) -> str:
    """Have the session's announcement say what the event says; answers the page where schools confirm, "" where none asks.

    Schools have it with the notice: `invite` and `excuse` say so to each piece of them.
    """
    if isinstance(event, SessionReleased | SessionRevised):
        found = _of(tx, event.session_id) or _begun(tx, event)
        if found is None:
            return ""
        days = days_asked(tx.db, found.host_region) or 1
        close_missing(tx, found)
        found.follow_session(_text(event, days=days, now=tx.now), version=event.version, now=tx.now)
    elif isinstance(event, _OVER):
        found = _of(tx, event.session_id)
        if found is None:
            return ""
        close_missing(tx, found)
        found.end_with_session(version=event.version, reason=event.reason, now=tx.now)
    else:
        return ""
    tx.db.flush()  # the receipts refer to it
    return found.page


def invite(tx: Transaction, *, announcement_id: UUID, schools: Sequence[UUID]) -> None:
    """These schools have it as it is now."""
    receive(tx, tx.load(Announcement, announcement_id), schools)


def excuse(tx: Transaction, *, session_id: UUID, schools: Sequence[UUID], gone: bool, since: int) -> None:
    """Nobody waits for these schools: the session does not take place, or, `gone`, goes on without them.

    since: the number of the notice that says so. Of many it comes in pieces, so that some of them may have been invited
    anew before it: these are asked still.
    """
    found = _of(tx, session_id)
    if found is None:
        return
    # Only now, for who invites them takes the same lock: either that invitation is seen here, or it comes after this.
    anew = set(tx.db.scalars(_invited_after(session_id, since, schools)))
    left = [school_id for school_id in schools if school_id not in anew]
    theirs = Receipt.announcement_id == found.id, Receipt.school_id.in_(left)
    tx.db.execute(
        sa.update(Receipt).where(*theirs).values(version=Receipt.version + 1),
        execution_options={"synchronize_session": False},
    )
    if not gone:
        say(tx, found, left)
        return
    for receipt in tx.db.scalars(
        sa.select(Receipt).where(*theirs).execution_options(populate_existing=True)
    ).all():
        tx.emit(receipt.task(found, at=tx.now, excused=True))
        tx.db.delete(receipt)


def _invited_after(session_id: UUID, since: int, schools: Sequence[UUID]) -> sa.Select[UUID]:
    return (
        sa.select(Entry.school_id)
        .join(Notice, Notice.seq == Entry.notice_seq)
        .where(
            Notice.session_id == session_id,
            Notice.kind.in_(INVITING),
            Notice.seq > since,
            Entry.school_id.in_(schools),
        )
    )


def _of(tx: Transaction, session_id: UUID) -> Announcement | None:
    wanted = sa.select(Announcement).where(Announcement.session_id == session_id)
    return tx.db.scalar(wanted.with_for_update().execution_options(populate_existing=True))


def _begun(tx: Transaction, event: SessionReleased | SessionRevised) -> Announcement | None:
    if not days_asked(tx.db, event.host_region):
        return None
    made = Announcement(
        id=named("notifications.session", str(event.session_id)),
        version=1,
        title="",
        body="",
        host_region=event.host_region,
        state="sent",
        created_by=tx.actor,
        reason="",
        scopes=[],
        asks=True,
        confirm_by=None,
        send_at=None,
        edition=1,
        drafted_at=tx.now,
        sent_at=None,
        withdrawn_at=None,
        reminded=0,
        principals_at=None,
        escalated_at=None,
        session_id=event.session_id,
        session_version=0,
    )
    tx.db.add(made)
    return made


def _text(event: SessionReleased | SessionRevised, *, days: int, now: datetime) -> Text:
    """The letter that schools confirm. Where the days before are past already, they may answer until it begins."""
    start, end = (each.astimezone(_ZONE) for each in (event.starts_at, event.ends_at))
    until = event.starts_at - timedelta(days=days)
    until = until if until > now else event.starts_at
    lines = [f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}", event.place, event.link]
    return Text(
        title=event.title,
        body="\n".join(filter(None, lines)),
        scopes=tuple(f"school:{school_id}" for school_id in event.invited_schools),
        asks=until > now,
        confirm_by=until if until > now else None,
    )
