"""Writing an announcement: keeping a draft, saying it differently, adding a file."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from services.notifications.announcements.commands.telling import close_missing, tell, theirs
from services.notifications.announcements.model import LARGEST, MOST_FILES, Announcement, File, Text
from services.notifications.announcements.queries import may_tell
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Stale
from shared.ids import uuid7
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
        principals_at=None,
        escalated_at=None,
        session_id=None,
        session_version=0,
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
    found = theirs(tx, announcement_id, scopes)
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
    close_missing(tx, found)
    if found.follow(text, now=tx.now):
        tell(tx, found)
    tx.record(what="notifications.announcement.edited", subject_kind="announcement", subject=found.id)
    return found


def attach(
    tx: Transaction, *, announcement_id: UUID, name: str, data: bytes, scopes: Collection[str]
) -> File:
    """Add a file to a draft. Raises NotFound, Invalid, Refusal."""
    found = theirs(tx, announcement_id, scopes)
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


def _insist_own(tx: Transaction, text: Text, scopes: Collection[str]) -> None:
    if not may_tell(scopes, text.scopes, tx.db):
        raise Forbidden(
            Sentence(zh="所选学校中有不归你负责的。", en="Some of the schools chosen are not yours to tell."),
            field="scopes",
        )
