"""The job that has a kept file read, by a process with bounds, and lets search know its text."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import sqlalchemy as sa
import structlog

from services.resources.files.commands.depot import PIECE, Depot, preview_key
from services.resources.files.model.stored import LONGEST_TEXT, Attachment, Stored
from services.resources.files.policies.reading import FILMS, SECONDS, Found
from services.resources.items.model.item import Item
from services.resources.searching.commands import describe
from shared.db import Transaction
from shared.jobs import Done, Outcome, Step
from shared.text import Sentence

log = structlog.get_logger(__name__)

#: Seconds on the wall, and bytes of a file beyond which it is not fetched and read; of films that lie here a few
#: bytes are, however large they are.
_PATIENCE, _LARGEST = SECONDS * 2, 300 * 2**20

_UNREADABLE = Sentence(
    zh="读不出这个文件的内容，可能已损坏：请打开看看，必要时重新上传。搜索只找得到它的名字。",
    en="The content of this file cannot be read; it may be broken. Open it, and send it again if need be. Search finds it by its "
    "name alone.",
)


def read_stored(step: Step, *, depot: Depot) -> Outcome:
    """Read one kept file, named by the argument `stored`: text, pages, picture. A broken one is said to be so."""
    stored_id = UUID(step.arguments["stored"])
    with step.reading() as db:
        stored = db.get(Stored, stored_id)
    if stored is None or stored.read_at is not None:
        return Done()
    small = stored.size <= _LARGEST or (stored.media_type in FILMS and depot.path_of(stored.key) is not None)
    found, picture = _read(depot, stored.key, stored.media_type) if small else (Found(), b"")
    key = ""
    if picture:
        key = preview_key(stored_id)
        depot.put(key, [picture])

    def effect(tx: Transaction) -> None:
        now = tx.db.get(Stored, stored_id)
        if now is None:
            return
        now.read_at, now.text, now.pages, now.preview = tx.now, found.text[:LONGEST_TEXT], found.pages, key
        if found.broken:
            now.trouble_zh, now.trouble_en = _UNREADABLE.zh, _UNREADABLE.en
        tx.db.flush()  # the text is read again by who makes the search document
        shown = sa.select(Attachment.version_id).where(Attachment.stored_id == stored_id)
        either = sa.or_(Item.current_id.in_(shown), Item.draft_id.in_(shown))
        for item_id in tx.db.scalars(sa.select(Item.id).where(either)).all():
            describe(tx, item_id)

    return Done(effect=effect)


def _read(depot: Depot, key: str, media_type: str) -> tuple[Found, bytes]:
    with TemporaryDirectory(prefix="tongxing-read-") as where, _at_hand(depot, key, Path(where)) as path:
        picture = Path(where) / "picture"
        command = [sys.executable, "-m", "services.resources.files.policies.reading"]
        try:
            ended = subprocess.run(  # noqa: S603  our own program
                [*command, str(path), media_type, str(picture)],
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
            )
            said = json.loads(ended.stdout) if ended.returncode == 0 else None
        except (subprocess.TimeoutExpired, ValueError):
            said = None
        if said is None:
            log.info("a file could not be read", key=key, media_type=media_type)
            return Found(broken=True), b""
        return Found(**said), picture.read_bytes() if picture.exists() else b""


@contextmanager
def _at_hand(depot: Depot, key: str, where: Path) -> Iterator[Path]:
    """The file as a path of this machine: where it lies, or a copy of what a bucket has."""
    path = depot.path_of(key)
    if path is not None:
        yield Path(path)
        return
    copy = where / "file"
    with depot.open(key) as source, copy.open("wb") as target:
        while piece := source.read(PIECE):
            target.write(piece)
    yield copy
