"""The job that examines what has come: put together, hashed, told what it is, scanned; kept once, or refused with a sentence."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
import structlog

from services.resources.files.commands.attaching import attach
from services.resources.files.commands.depot import Depot, file_key
from services.resources.files.commands.scanning import scan
from services.resources.files.commands.uploading import EXAMINE, SWEEP
from services.resources.files.model.stored import Stored
from services.resources.files.model.upload import Part, Upload
from services.resources.files.policies.kinds import kind_of, name_lies
from services.resources.files.policies.naming import extension_of
from services.resources.files.policies.taking import (
    EICAR,
    VIRUS,
    Watch,
    refused_archive,
    refused_by_head,
    refused_markup,
)
from services.resources.items.model.item import Version
from services.resources.searching.commands import describe
from shared.db import Transaction
from shared.errors import Invalid, Unavailable
from shared.jobs import Done, Outcome, Step, enqueue
from shared.text import Sentence

log = structlog.get_logger(__name__)

#: The job that reads text and makes a picture.
READ = "files.read"

#: When a scanner that was silent is asked again.
_LATER = timedelta(minutes=1)

#: Bytes between two words to whoever watches the job; and of a page that is looked through for scripts.
_KEEP, _MARKUP = 64 * 2**20, 20 * 2**20


def examine(step: Step, *, depot: Depot, scanner: str) -> Outcome:
    """Examine one upload, named by the argument `upload`.

    The file is put together under the key that it will have, which is the upload's own: whoever has to begin anew finds the
    parts, or finds it there already. Nothing is dropped before the commit that says it counts no more.
    """
    upload_id = UUID(step.arguments["upload"])
    with step.reading() as db:
        upload = db.get(Upload, upload_id)
        parts = db.scalars(sa.select(Part).where(Part.upload_id == upload_id).order_by(Part.at)).all()
    if upload is None or upload.state != "received":
        return Done()
    seen, whole = _Seen(), file_key(upload_id)
    if len(parts) > 1:
        depot.put(whole, seen.watching(_joined(depot, [part.key for part in parts], step)))
    else:
        if depot.has(parts[0].key):
            depot.move(parts[0].key, whole)
        for _ in seen.watching(_joined(depot, [whole], step)):
            pass
    try:
        media_type, why = _judge(depot, whole, upload, seen, scanner=scanner)
    except Unavailable as error:
        log.warning("The virus scanner does not answer: a file waits.", reason=str(error))
        return Done(effect=lambda tx: _again(tx, upload_id))
    if why is not None:
        return Done(effect=lambda tx: _refuse(tx, upload_id, why))
    return Done(effect=lambda tx: _keep(tx, upload_id, seen.sha256, media_type))


def sweep(step: Step, *, depot: Depot) -> Outcome:
    """Drop what counts no more: the arguments' `keys`, and the parts of its `uploads`."""
    for key in step.arguments["keys"]:
        depot.drop(key)
    for upload in step.arguments["uploads"]:
        depot.drop_all(f"parts/{upload}")
    return Done()


class _Seen:
    """What is learnt while the bytes go by once."""

    def __init__(self) -> None:
        self._hash, self._eicar = hashlib.sha256(), Watch(EICAR)

    def watching(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """The same pieces, looked at."""
        for piece in pieces:
            self._hash.update(piece)
            self._eicar.see(piece)
            yield piece

    @property
    def sha256(self) -> str:
        """Of all that went by."""
        return self._hash.hexdigest()

    @property
    def virus(self) -> bool:
        """Whether the code that tests scanners was in it."""
        return self._eicar.found


def _joined(depot: Depot, keys: list[str], step: Step) -> Iterator[bytes]:
    since = 0
    for key in keys:
        for piece in depot.pieces(key):
            since += len(piece)
            if since >= _KEEP:
                step.keep()
                since = 0
            yield piece


def _judge(
    depot: Depot, key: str, upload: Upload, seen: _Seen, *, scanner: str
) -> tuple[str, Sentence | None]:
    """The type, and why it is not taken, if it is not. Raises Unavailable while the scanner is silent."""
    if seen.virus:
        return "", VIRUS
    try:
        with depot.open(key) as file:
            head = file.read(64)
            file.seek(0)
            media_type, entries = kind_of(file, size=upload.length)
            if why := refused_by_head(head):
                return media_type, why
            if media_type in {"text/html", "image/svg+xml"}:
                file.seek(0)
                if why := refused_markup(file.read(_MARKUP)):
                    return media_type, why
    except Invalid as error:
        return "", error.sentence
    why = (
        refused_archive(entries, size=upload.length)
        or name_lies(extension_of(upload.name), media_type)
        or scan(depot, key, by=scanner)
    )
    return media_type, why


def _again(tx: Transaction, upload_id: UUID) -> None:
    enqueue(tx, kind=EXAMINE, arguments={"upload": str(upload_id)}, not_before=tx.now + _LATER)


def _refuse(tx: Transaction, upload_id: UUID, why: Sentence) -> None:
    upload = tx.db.get(Upload, upload_id)
    if upload is not None:
        upload.refuse(why)
        tx.record(what="file.refused", subject_kind="file", subject=upload.name)
    _forget_parts(tx, upload_id, whole=True)


def _keep(tx: Transaction, upload_id: UUID, sha256: str, media_type: str) -> None:
    upload = tx.db.get(Upload, upload_id)
    kept = tx.db.scalar(sa.select(Stored).where(Stored.sha256 == sha256))
    _forget_parts(tx, upload_id, whole=upload is None or kept is not None)
    if upload is None:  # given up meanwhile
        return
    if kept is None:
        kept = Stored(
            id=upload_id,
            sha256=sha256,
            size=upload.length,
            media_type=media_type,
            key=file_key(upload_id),
            text="",
            preview="",
            pages=0,
            stored_at=tx.now,
            read_at=None,
            trouble_zh="",
            trouble_en="",
        )
        tx.db.add(kept)
        tx.db.flush()  # the upload's key refers to it
        enqueue(tx, kind=READ, arguments={"stored": str(kept.id)})
    upload.accept(kept.id)
    version = tx.db.get(Version, upload.target_id) if upload.target_id else None
    if version is not None and version.published_at is None:  # what was published meanwhile stays as it is
        attach(tx, version_id=version.id, stored_id=kept.id, name=upload.name, by=upload.by)
        describe(tx, version.item_id)


def _forget_parts(tx: Transaction, upload_id: UUID, *, whole: bool) -> None:
    tx.db.execute(sa.delete(Part).where(Part.upload_id == upload_id))
    keys = [file_key(upload_id)] if whole else []
    enqueue(tx, kind=SWEEP, arguments={"keys": keys, "uploads": [str(upload_id)]})
