"""Writing an announcement, sending it, confirming it for a school, and reminding those who have not."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from services.notifications.announcements.model import (
    ESCALATE_AFTER,
    LARGEST,
    LONGEST_NAME,
    MOST_FILES,
    REMIND_BEFORE,
    Announcement,
    File,
    Receipt,
    Text,
)
from services.notifications.announcements.queries import (
    announcement_within,
    may_tell,
    no_such_announcement,
    reach,
    unconfirmed,
)
from services.notifications.deliveries.commands import queue
from services.notifications.deliveries.model import Writing
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal, Stale
from shared.ids import named, uuid7
from shared.text import Sentence


def draft(
    tx: Transaction, *, id_: UUID, text: Text, host_region: str, scopes: Collection[str]
) -> Announcement:
    """Keep a draft. Raises Invalid, Forbidden where it would reach beyond the scopes."""
    text.insist(now=tx.now)
    _insist_own(tx, text, scopes)
    made = Announcement(
        id=id_,
        version=1,
        title=text.title,
        body=text.body,
        host_region=host_region,
        state="draft",
        created_by=tx.actor,
        reason="",
        scopes=list(text.scopes),
        asks=text.asks,
        confirm_by=text.confirm_by if text.asks else None,
        send_at=None,
        edition=1,
        drafted_at=tx.now,
        sent_at=None,
        withdrawn_at=None,
        reminded=0,
        escalated_at=None,
    )
    tx.db.add(made)
    tx.record(what="notifications.announcement.drafted", subject_kind="announcement", subject=id_)
    return made


def edit(
    tx: Transaction, *, announcement_id: UUID, text: Text, seen: int, scopes: Collection[str]
) -> Announcement:
    """Say something else; of a sent one that is a new edition, and schools are told and asked again.

    Raises NotFound, Invalid, Forbidden, Refusal, Stale.
    """
    found = _theirs(tx, announcement_id, scopes)
    if seen != found.version:
        raise Stale(
            Sentence(
                zh="你打开页面之后，这份通知已有变动。你填写的内容还在，请核对后再保存。",
                en="This notice has changed since you opened the page. What you typed is kept: look again, then save.",
            ),
            seen=seen,
            now=found.version,
        )
    _insist_own(tx, text, scopes)
    if found.follow(text, now=tx.now):
        _tell(tx, found)
    tx.record(what="notifications.announcement.edited", subject_kind="announcement", subject=found.id)
    return found


def attach(
    tx: Transaction, *, announcement_id: UUID, name: str, data: bytes, scopes: Collection[str]
) -> File:
    """Add a file to a draft. Raises NotFound, Invalid, Refusal."""
    found = _theirs(tx, announcement_id, scopes)
    found.insist("send")
    count = sa.select(sa.func.count()).where(File.announcement_id == found.id)
    if (tx.db.scalar(count) or 0) >= MOST_FILES or not 0 < len(data) <= LARGEST:
        raise Invalid(
            Sentence(
                zh=f"附件最多 {MOST_FILES} 个，每个不超过 {LARGEST // 1024 // 1024} MB，也不能是空文件。",
                en=f"At most {MOST_FILES} files of {LARGEST // 1024 // 1024} MB each, and none that is empty.",
            ),
            field="file",
        )
    # A name is shown and sent back; what could be a path in it is not kept.
    plain = name.replace("\\", "/").rpartition("/")[2].strip()[:120] or "file"
    made = File(id=uuid7(), announcement_id=found.id, name=plain, size=len(data), data=data)
    tx.db.add(made)
    found.advance()
    return made


def send(
    tx: Transaction, *, announcement_id: UUID, scopes: Collection[str], at: datetime | None = None
) -> Announcement:
    """Send it now, or at a time. Raises NotFound, Invalid, Refusal where it reaches nobody."""
    found = _theirs(tx, announcement_id, scopes)
    if not reach(tx.db, found.scopes):
        raise Refusal(Sentence(zh="所选范围内没有学校。", en="There is no school in what was chosen."))
    if at is not None:
        found.schedule(at, now=tx.now)
    else:
        found.send(at=tx.now)
        _tell(tx, found)
    tx.record(what=f"notifications.announcement.{found.state}", subject_kind="announcement", subject=found.id)
    return found


def withdraw(tx: Transaction, *, announcement_id: UUID, reason: str, scopes: Collection[str]) -> Announcement:
    """It holds no more; nobody is asked any more. Raises NotFound, Invalid, Refusal."""
    found = _theirs(tx, announcement_id, scopes)
    found.withdraw(reason=reason, at=tx.now)
    receipts = tx.db.scalars(sa.select(Receipt).where(Receipt.announcement_id == found.id)).all()
    for receipt in receipts:
        receipt.version += 1
        tx.emit(receipt.task(found, at=tx.now))
    _close_missing(tx, found)
    letter = Writing(
        notice_id=named("notifications.withdrawal", str(found.id)),
        class_name="cancellation",
        subject=Sentence(zh=f"通知撤回：{found.title}", en=f"Withdrawn: {found.title}"),
        text=Sentence(zh=reason, en=reason),
        link=_page(found),
        sender=found.created_by,
    )
    queue(tx, letter=letter, recipients=[f"school:{receipt.school_id}" for receipt in receipts])
    tx.record(what="notifications.announcement.withdrawn", subject_kind="announcement", subject=found.id)
    return found


def read(tx: Transaction, *, announcement_id: UUID, schools: Collection[UUID]) -> None:
    """Note that these schools have opened it; who has before, has then. Raises NotFound."""
    receipts = _receipts(tx, announcement_id, schools)
    for receipt in receipts:
        if receipt.read_at is None:
            receipt.read_at, receipt.read_by = tx.now, tx.actor


def confirm(tx: Transaction, *, announcement_id: UUID, name: str, schools: Collection[UUID]) -> Announcement:
    """Confirm it for these schools, signed by somebody of them. Raises NotFound, Invalid, Refusal."""
    found = tx.load(Announcement, announcement_id)
    receipts = _receipts(tx, announcement_id, schools)
    found.insist("remind")
    if not found.asks:
        raise Refusal(Sentence(zh="这份通知不需要确认。", en="This notice asks for no confirmation."))
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(
            Sentence(zh="请填写确认人的姓名。", en="Say who confirms it for the school."), field="name"
        )
    for receipt in receipts:
        if receipt.edition == found.edition:
            continue
        receipt.edition, receipt.confirmed_at = found.edition, tx.now
        receipt.confirmed_by, receipt.confirmed_name = tx.actor, name
        receipt.read_at, receipt.read_by = receipt.read_at or tx.now, receipt.read_by or tx.actor
        receipt.version += 1
        tx.emit(receipt.task(found, at=tx.now))
        tx.record(
            what="notifications.announcement.confirmed",
            subject_kind="announcement",
            subject=found.id,
            school_id=receipt.school_id,
        )
    tx.db.flush()
    if not unconfirmed(tx.db, found):
        _close_missing(tx, found)
    return found


def remind(tx: Transaction, *, announcement_id: UUID, scopes: Collection[str]) -> int:
    """Remind those who have not confirmed; answers how many. Once a day at most. Raises NotFound, Refusal."""
    found = _theirs(tx, announcement_id, scopes)
    found.insist("remind")
    return _remind(tx, found, which=f"{tx.now:%Y-%m-%d}")


def what_is_due(tx: Transaction) -> int:
    """Send what was scheduled, remind before and at the deadline, tell coordinators after it; answers how many were due.

    Run every minute by every worker: each step is noted in the row that is locked, so that none is taken twice.
    """
    due = sa.select(Announcement.id).where(
        sa.or_(
            sa.and_(Announcement.state == "scheduled", Announcement.send_at <= tx.now),
            sa.and_(
                Announcement.state == "sent",
                Announcement.asks,
                Announcement.escalated_at.is_(None),
                Announcement.confirm_by <= tx.now + max(REMIND_BEFORE),
            ),
        )
    )
    done = 0
    for id_ in tx.db.scalars(due.order_by(Announcement.id).limit(20)).all():
        done += _take(tx, tx.load(Announcement, id_))
    return done


def _take(tx: Transaction, found: Announcement) -> int:
    if found.state == "scheduled" and found.send_at is not None and found.send_at <= tx.now:
        found.send(at=tx.now)
        _tell(tx, found)
        return 1
    if found.state != "sent" or found.confirm_by is None:
        return 0
    done = 0
    passed = sum(found.confirm_by - before <= tx.now for before in REMIND_BEFORE)
    if passed > found.reminded:
        found.reminded = passed
        _remind(tx, found, which=f"{found.edition}/{passed}")
        found.advance()
        done = 1
    if found.escalated_at is None and found.confirm_by + ESCALATE_AFTER <= tx.now:
        found.escalated_at = tx.now
        found.advance()
        if missing := len(unconfirmed(tx.db, found)):
            tx.emit(found.missing_task(missing=missing, closed_at=None))
        done = 1
    return done


def _tell(tx: Transaction, found: Announcement) -> None:
    """Every school of its scopes has it once, and has to confirm this edition where it asks for that."""
    there = {
        receipt.school_id: receipt
        for receipt in tx.db.scalars(sa.select(Receipt).where(Receipt.announcement_id == found.id))
    }
    schools = reach(tx.db, found.scopes)
    fresh: list[Receipt] = []
    for school_id in schools:
        if (receipt := there.get(school_id)) is None:
            fresh.append(
                Receipt(
                    announcement_id=found.id,
                    school_id=school_id,
                    version=1,
                    told_at=tx.now,
                    read_by="",
                    edition=0,
                    confirmed_by="",
                    confirmed_name="",
                )
            )
        else:
            receipt.version += 1
            receipt.told_at, receipt.read_at, receipt.read_by = tx.now, None, ""
    tx.db.add_all(fresh)
    if found.asks:
        for receipt in [*there.values(), *fresh]:
            tx.emit(receipt.task(found, at=tx.now))
    changed = Sentence(zh="（有改动）", en=" (changed)") if found.edition > 1 else Sentence(zh="", en="")
    letter = Writing(
        notice_id=named("notifications.announcement", f"{found.id}/{found.edition}"),
        class_name="confirmation" if found.asks else "announcement",
        subject=Sentence(zh=f"{found.title}{changed.zh}", en=f"{found.title}{changed.en}"),
        text=Sentence(zh=found.body, en=found.body),
        link=_page(found),
        sender=found.created_by,
    )
    queue(tx, letter=letter, recipients=[f"school:{school_id}" for school_id in schools])


def _remind(tx: Transaction, found: Announcement, *, which: str) -> int:
    missing = [receipt.school_id for receipt in unconfirmed(tx.db, found)]
    if not found.asks or not missing:
        return 0
    letter = Writing(
        notice_id=named("notifications.reminder", f"{found.id}/{which}"),
        class_name="confirmation",
        subject=Sentence(zh=f"请确认：{found.title}", en=f"Please confirm: {found.title}"),
        text=Sentence(zh="这份通知还没有确认。", en="This notice is not confirmed yet."),
        link=_page(found),
        sender=found.created_by,
    )
    queue(tx, letter=letter, recipients=[f"school:{school_id}" for school_id in missing])
    return len(missing)


def _close_missing(tx: Transaction, found: Announcement) -> None:
    if found.escalated_at is not None:
        found.advance()
        tx.emit(found.missing_task(missing=0, closed_at=tx.now))


def _receipts(tx: Transaction, announcement_id: UUID, schools: Collection[UUID]) -> Sequence[Receipt]:
    wanted = sa.select(Receipt).where(
        Receipt.announcement_id == announcement_id, Receipt.school_id.in_(list(schools))
    )
    found = tx.db.scalars(wanted.with_for_update()).all()
    if not found:
        raise no_such_announcement()
    return found


def _theirs(tx: Transaction, announcement_id: UUID, scopes: Collection[str]) -> Announcement:
    announcement_within(tx.db, announcement_id, scopes)
    return tx.load(Announcement, announcement_id)


def _insist_own(tx: Transaction, text: Text, scopes: Collection[str]) -> None:
    if not may_tell(scopes, text.scopes, tx.db):
        raise Forbidden(
            Sentence(zh="所选学校中有不归你负责的。", en="Some of the schools chosen are not yours to tell."),
            field="scopes",
        )


def _page(found: Announcement) -> str:
    return f"/notifications/announcements/{found.id}"
