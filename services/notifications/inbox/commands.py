"""Telling schools, which the reactions do, and noting that they have read it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql, sqlite

from services.notifications.deliveries.commands import queue
from services.notifications.deliveries.model import Writing
from services.notifications.inbox.model import INVITING, NO_MORE, Entry, Notice
from shared.contracts.notifications import NotificationsTask
from shared.contracts.scheduling import (
    InvitationPromoted,
    SessionCancelled,
    SessionPostponed,
    SessionRecalled,
    SessionReleased,
    SessionRevised,
)
from shared.db import Transaction, UtcDateTime
from shared.errors import NotFound
from shared.ids import derived, uuid7
from shared.text import Sentence

#: The class of each kind of notice; every other kind says that something does not take place, or not as it was.
_CLASSES = {"session_released": "invitation", "session_revised": "change", "place_promoted": "change"}

#: The clock of letters: one wording for all of their readers.
_ZONE = ZoneInfo("Asia/Shanghai")


def tell_of_release(tx: Transaction, event: SessionReleased) -> None:
    """Tell every invited school that the session takes place."""
    _tell(
        tx,
        event.invited_schools,
        kind="session_released",
        session_id=event.session_id,
        title=event.title,
        session_kind=event.kind,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        place=event.place,
        link=event.link,
    )


def tell_of_cancellation(tx: Transaction, event: SessionCancelled) -> None:
    """Tell every school that was invited that the session does not take place, and why."""
    _tell(
        tx,
        event.invited_schools,
        kind="session_cancelled",
        session_id=event.session_id,
        title=event.title,
        reason=event.reason,
    )


def tell_of_postponement(tx: Transaction, event: SessionPostponed) -> None:
    """Tell every school that was invited that the session does not take place as planned, and why."""
    _tell(
        tx,
        event.invited_schools,
        kind="session_postponed",
        session_id=event.session_id,
        title=event.title,
        # Pages of the release before look at the end of whatever is no cancellation.
        starts_at=tx.now,
        ends_at=tx.now,
        reason=event.reason,
    )


def tell_of_recall(tx: Transaction, event: SessionRecalled) -> None:
    """Tell every school that knew of the session that it was released by mistake, and why."""
    _tell(
        tx,
        event.invited_schools,
        kind="session_recalled",
        session_id=event.session_id,
        title=event.title,
        # Pages of the release before look at the end of whatever is no cancellation.
        starts_at=tx.now,
        ends_at=tx.now,
        reason=event.reason,
    )


def tell_of_promotion(tx: Transaction, event: InvitationPromoted) -> None:
    """Tell a school that people of its, who waited, take part now; how many."""
    _tell(
        tx,
        [event.school_id],
        kind="place_promoted",
        session_id=event.session_id or event.programme_id or event.invitation_id,
        title=event.title,
        # Pages look at the end of whatever is no cancellation.
        starts_at=tx.now,
        ends_at=tx.now,
        reason=str(len(event.person_ids)),
    )


def tell_of_revision(tx: Transaction, event: SessionRevised) -> None:
    """Tell those who knew of the session what is different, who is new to it all of it, and who is out of it that."""
    added, now = set(event.added_schools), event.invited_schools
    for ordinal, (kind, schools) in enumerate(
        (
            ("session_revised", [school for school in now if school not in added]),
            ("session_released", list(event.added_schools)),
            ("session_withdrawn", list(event.dropped_schools)),
        )
    ):
        if schools:
            _tell(
                tx,
                schools,
                kind=kind,
                session_id=event.session_id,
                title=event.title,
                session_kind=event.kind,
                starts_at=event.starts_at,
                ends_at=event.ends_at,
                place=event.place,
                link=event.link,
                reason=" ".join(change.what for change in event.changes) if kind == "session_revised" else "",
                ordinal=ordinal,
            )


def read_notice(tx: Transaction, *, notice_id: UUID, schools: Iterable[UUID]) -> None:
    """Note that these schools have read the notice; who has said so before, has read it then.

    Raises NotFound where none of them was told of it: whether others were is none of their business.
    """
    seq = sa.select(Notice.seq).where(Notice.id == notice_id).scalar_subquery()
    told = (Entry.notice_seq == seq, Entry.school_id.in_(list(schools)))
    if tx.db.scalar(sa.select(sa.exists().where(*told))) is not True:
        raise NotFound(Sentence(zh="没有找到这条通知。", en="There is no such notice."))
    # Locked, as `_call_off` locks it: one of the two closes the task, and the other sees that it did.
    notice = tx.db.scalars(sa.select(Notice).where(Notice.id == notice_id).with_for_update()).one()
    unread = sa.update(Entry).where(*told, Entry.read_at.is_(None)).values(read_at=tx.now)
    now_read = tx.db.scalars(unread.returning(Entry), execution_options={"populate_existing": True}).all()
    if now_read and not _called_off(tx, notice):  # what was called off waits for nobody since then
        off = set(tx.db.scalars(_withdrawn_after(notice))) if notice.kind in INVITING else set()
        for entry in now_read:
            if entry.school_id not in off:
                tx.emit(entry.task(notice))


def _tell(
    tx: Transaction,
    schools: Sequence[UUID],
    *,
    kind: str,
    session_id: UUID,
    title: str,
    session_kind: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    place: str = "",
    link: str = "",
    reason: str = "",
    ordinal: int = 0,
) -> None:
    """Write the notice and all of its entries, in two statements, and say whom they wait for; a notice that is there stays as it is.

    A school that the roster's copy does not know yet is told all the same: a fact is never refused.
    """
    insert = postgresql.insert if tx.db.get_bind().dialect.name == "postgresql" else sqlite.insert
    # The inbox of events forgets after some months; the derived id lets the same event make the same notice even then.
    id_ = (
        derived(cause=tx.cause.event_id, consumer=tx.cause.consumer, ordinal=ordinal) if tx.cause else uuid7()
    )
    notice = {
        "id": id_,
        "kind": kind,
        "told_at": tx.now,
        "happened_at": _not_before_what_was_told(tx, session_id),
        "session_id": session_id,
        "title": title,
        "session_kind": session_kind,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "place": place,
        "link": link,
        "reason": reason,
    }
    told = tx.db.scalar(insert(Notice).values(notice).on_conflict_do_nothing().returning(Notice))
    if told is None:
        return
    entries = [{"notice_seq": told.seq, "school_id": school_id} for school_id in dict.fromkeys(schools)]
    if entries:
        tx.db.execute(sa.insert(Entry), entries)
    for each in entries:
        tx.emit(Entry(**each).task(told))
    queue(tx, letter=_letter(told), recipients=[f"school:{each['school_id']}" for each in entries])
    if kind == "session_cancelled":
        _call_off(tx, told)
    elif kind in NO_MORE:
        _call_off(tx, told, schools)


def _letter(notice: Notice) -> Writing:
    """The notice as it goes out by channels, whose readers have no page around it."""
    said = Entry(school_id=notice.id).task(notice)  # its sentence is the same for every school
    lines = [notice.place, notice.link if notice.kind in INVITING else ""]
    if notice.kind in INVITING and notice.starts_at and notice.ends_at:
        start, end = (each.astimezone(_ZONE) for each in (notice.starts_at, notice.ends_at))
        lines.insert(0, f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}")
    text = "\n".join(filter(None, lines))
    return Writing(
        notice_id=notice.id,
        class_name=_CLASSES.get(notice.kind, "cancellation"),
        subject=Sentence(zh=said.sentence_zh, en=said.sentence_en),
        text=Sentence(zh=text, en=text),
        link=f"/notifications/#notice-{notice.id}",
        expires_at=notice.ends_at if notice.kind in INVITING else None,
    )


def _not_before_what_was_told(tx: Transaction, session_id: UUID) -> sa.ColumnElement[datetime]:
    """When it happened, and never before what the school already knows of the session.

    The order within a session is the broker's promise; the clocks of two of the publisher's hosts break none.
    """
    moment = sa.literal(tx.cause.happened_at if tx.cause else tx.now, UtcDateTime)
    known = (
        sa.select(sa.func.max(Notice.happened_at)).where(Notice.session_id == session_id).scalar_subquery()
    )
    return sa.case((known > moment, known), else_=moment)


def _called_off(tx: Transaction, notice: Notice) -> bool:
    later = sa.exists().where(Notice.session_id == notice.session_id, Notice.kind == "session_cancelled")
    return notice.kind in INVITING and tx.db.scalar(sa.select(later)) is True


def _withdrawn_after(notice: Notice | type[Notice], *, before: int | None = None) -> sa.Select[UUID]:
    """The schools that were told after the notice, and before the one with that number, that they are invited no more, or that all of it was recalled."""
    off, off_for = orm.aliased(Notice), orm.aliased(Entry)
    found = (
        sa.select(off_for.school_id)
        .join(off, off.seq == off_for.notice_seq)
        .where(off.session_id == notice.session_id, off.kind.in_(NO_MORE), off.seq > notice.seq)
    )
    return found if before is None else found.where(off.seq < before)


def _call_off(tx: Transaction, told: Notice, schools: Sequence[UUID] | None = None) -> None:
    """Nobody has to read the invitation to what does not take place; the notice that says so (`told`) waits instead.

    schools: for whom it is off; None for all. Whose invitation was called off before is not told so again.
    """
    invited = sa.select(Entry, Notice).join(Notice, Notice.seq == Entry.notice_seq)
    for entry, notice in tx.db.execute(
        invited.where(
            Notice.session_id == told.session_id,
            Notice.kind.in_(INVITING),
            Entry.read_at.is_(None),
            sa.true() if schools is None else Entry.school_id.in_(schools),
            Entry.school_id.not_in(_withdrawn_after(Notice, before=told.seq).correlate(Notice)),
        ).with_for_update()
    ):
        tx.emit(entry.task(notice, called_off=tx.now))


def adopt_task(tx: Transaction, event: NotificationsTask) -> None:
    """After a restore: take back that a school has read a notice; the notice itself comes again from its event."""
    if event.closed_at is None or "#notice-" not in event.link:
        return
    notice_id = UUID(event.link.rpartition("#notice-")[2])
    school_id = UUID(event.audiences[0].partition("@school:")[2])
    seq = sa.select(Notice.seq).where(Notice.id == notice_id).scalar_subquery()
    tx.db.execute(
        sa.update(Entry)
        .where(Entry.notice_seq == seq, Entry.school_id == school_id, Entry.read_at.is_(None))
        .values(read_at=event.closed_at)
    )
