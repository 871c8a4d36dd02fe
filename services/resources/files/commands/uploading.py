"""Taking a file in, part by part: begun, continued where it stopped, given up, or forgotten when its time is over."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.files.commands.depot import Depot, part_key
from services.resources.files.model.stored import Attachment, Stored
from services.resources.files.model.upload import Part, Upload
from services.resources.files.policies.naming import extension_of, name_of
from services.resources.files.policies.taking import refused_by_name
from services.resources.files.policies.tus import Checksum
from shared.db import Database, Transaction
from shared.errors import Invalid, NotFound, Refusal, TongxingError
from shared.ids import uuid7
from shared.jobs import enqueue
from shared.text import Sentence

#: The job that examines what has come.
EXAMINE = "files.examine"

#: The job that drops what counts no more.
SWEEP = "files.sweep"

#: Files that one account may have on their way at once.
_AT_ONCE = 100


class TooLarge(Invalid):
    """The file is larger than this installation takes."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Gone(NotFound):
    """The upload's time is over, or it was given up."""

    status = HTTPStatus.GONE


class Elsewhere(Refusal):
    """A part does not go on where the upload stands: ask for the offset and send from there."""


class Damaged(Exception):
    """The checksum of a part does not hold; nothing of it counts."""


def begin(
    tx: Transaction, *, name: str, length: int, largest: int, keep: timedelta, target_id: UUID | None = None
) -> Upload:
    """Begin to take a file in. length, largest: bytes. Raises Invalid (TooLarge), Refusal."""
    name = name_of(name)
    if why := refused_by_name(extension_of(name)):
        raise Invalid(why, field="filename")
    if length == 0:
        raise Invalid(Sentence(zh=f"“{name}”是空的。", en=f"“{name}” is empty."), field="Upload-Length")
    if length > largest:
        raise TooLarge(
            Sentence(
                zh=f"“{name}”有 {_told(length)}，上限是 {_told(largest)}。视频请先压缩或分段。",
                en=f"“{name}” has {_told(length)}; at most {_told(largest)} are taken. Compress or split a video first.",
            ),
            field="Upload-Length",
        )
    mine = sa.select(sa.func.count()).where(Upload.by == tx.actor, Upload.state == "receiving")
    if (tx.db.scalar(mine) or 0) >= _AT_ONCE:
        raise Refusal(
            Sentence(
                zh=f"你有 {_AT_ONCE} 个文件还没有传完，请先传完或取消它们。",
                en=f"You have {_AT_ONCE} files on their way. Finish or cancel them first.",
            )
        )
    upload = Upload(
        id=uuid7(),
        by=tx.actor,
        name=name,
        length=length,
        arrived=0,
        state="receiving",
        why_zh="",
        why_en="",
        started_at=tx.now,
        expires_at=tx.now + keep,
        target_id=target_id,
    )
    tx.db.add(upload)
    return upload


def own_upload(db: Session, upload_id: UUID, *, by: str) -> Upload:
    """An upload of this account. Raises NotFound: of others' uploads nobody learns."""
    found = db.get(Upload, upload_id)
    if found is None or found.by != by:
        raise Gone(
            Sentence(
                zh="没有这个上传，可能已被取消或过期。",
                en="There is no such upload; it may have been cancelled or have run out of time.",
            )
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A request that brings a part: from where, with how many bytes if it says so, and what they must come to."""

    upload_id: UUID
    by: str
    at: int
    size: int | None
    checksum: Checksum | None
    keep: timedelta


def take(database: Database, depot: Depot, sending: Sending, pieces: Iterable[bytes]) -> Upload:
    """Keep what a request brings, as far as it comes, and answer the upload as it stands then.

    The bytes lie under a name of their own before the row says that they count: of two requests for the same stretch one
    counts, and bytes that were examined can no longer be changed by a request that lingers. A line that is cut loses
    nothing of what came, unless a checksum speaks for the whole. Raises Elsewhere, Damaged, TooLarge, NotFound.
    """
    with database.reading() as db:
        upload = own_upload(db, sending.upload_id, by=sending.by)
        awaited = upload.length - sending.at
        _insist_on_offset(upload, sending.at)
        if upload.expires_at <= database.clock():
            raise Gone(Sentence(zh="这个上传已过期，请重新上传。", en="This upload has run out of time."))
    if awaited == 0:
        return upload
    if sending.size is not None and sending.size > awaited:
        raise _too_much()
    key = part_key(sending.upload_id, f"{sending.at:020d}-{uuid7()}")
    size = depot.put(key, _measured(pieces, most=awaited, checksum=sending.checksum))
    cut = sending.size is not None and size < sending.size
    if sending.checksum is not None and (cut or not sending.checksum.holds):
        depot.drop(key)
        raise Damaged
    if size == 0:
        depot.drop(key)
        return upload

    def count(tx: Transaction) -> Upload:
        upload = own_upload(tx.db, sending.upload_id, by=sending.by)
        tx.db.refresh(upload, with_for_update=True)
        _insist_on_offset(upload, sending.at)
        tx.db.add(Part(upload_id=upload.id, at=sending.at, size=size, key=key))
        if upload.receive(size, until=tx.now + sending.keep):
            enqueue(tx, kind=EXAMINE, arguments={"upload": str(upload.id)})
        tx.db.flush()  # what is answered must be what the database holds
        tx.db.expunge(upload)
        return upload

    try:
        return database.run(count, actor=sending.by)
    except TongxingError:
        depot.drop(key)
        raise


def give_up(tx: Transaction, *, upload_id: UUID) -> None:
    """Forget an upload; what it has become already stays."""
    upload = own_upload(tx.db, upload_id, by=tx.actor)
    _forget(tx, [upload.id])


def expire(tx: Transaction) -> int:
    """Forget the uploads whose time is over, and what was kept and is nowhere; answers how many uploads."""
    due = sa.select(Upload.id).where(Upload.expires_at <= tx.now, Upload.state != "received").limit(500)
    over = list(tx.db.scalars(due))
    _forget(tx, over)
    nowhere = sa.select(Stored).where(
        Stored.id.not_in(sa.select(Attachment.stored_id).where(Attachment.stored_id.is_not(None))),
        Stored.id.not_in(sa.select(Upload.stored_id).where(Upload.stored_id.is_not(None))),
    )
    for stored in tx.db.scalars(nowhere.limit(500)):
        keys = [key for key in (stored.key, stored.preview) if key]
        enqueue(tx, kind=SWEEP, arguments={"keys": keys, "uploads": []})
        tx.db.delete(stored)
    return len(over)


def _forget(tx: Transaction, uploads: list[UUID]) -> None:
    if uploads:
        tx.db.execute(sa.delete(Part).where(Part.upload_id.in_(uploads)))
        tx.db.execute(sa.delete(Upload).where(Upload.id.in_(uploads)))
        enqueue(tx, kind=SWEEP, arguments={"keys": [], "uploads": [str(each) for each in uploads]})


def _insist_on_offset(upload: Upload, at: int) -> None:
    if at != upload.arrived:
        raise Elsewhere(
            Sentence(
                zh=f"已收到 {upload.arrived} 字节，请从那里继续。",
                en=f"{upload.arrived} bytes have come; go on from there.",
            )
        )


def _measured(pieces: Iterable[bytes], *, most: int, checksum: Checksum | None) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise _too_much()
        if checksum is not None:
            checksum.running.update(piece)
        yield piece


def _too_much() -> TooLarge:
    return TooLarge(
        Sentence(zh="内容比先前说的更长。", en="There is more of it than was said."), field="Content-Length"
    )


def _told(size: int) -> str:
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:  # noqa: PLR2004  bytes of a kilobyte
            return f"{amount:.0f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GB"
