"""Back-ups of an embedded installation: copies of its SQLite files that all show the same moment, and the way back.

A back-up is a directory: `SERVICE.db` for each service, `broker.db`, `signing-key.pem` and `backup.json`, which says
when it was made, by which release and of what. It appears whole or not at all, for its owner alone.

While it is made everything goes on. Writers wait for the few milliseconds in which every file's lock is held, so that
a reader can be opened on each; the copies are then taken from these readers, whatever is written meanwhile. So no event
is in the broker that its publisher's copy does not know, nor the other way round.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from shared.errors import Invalid, Refusal
from shared.settings import Settings
from shared.text import Sentence

MANIFEST = "backup.json"
BROKER = "broker.db"
KEY = "signing-key.pem"

#: Seconds that we wait for a writer to end: as long as the services wait for each other.
_PATIENCE = 5.0


def back_up(
    settings: Settings, services: Iterable[str], to: Path, *, whole: bool, now: datetime, version: str
) -> list[str]:
    """Copy the databases of these services to the new directory `to`; answers the names of the files.

    whole: the broker and the signing key too. Raises Invalid and Refusal; then `to` is not there.
    """
    files = _files(settings, services, whole=whole)
    for name, path in files.items():
        if not path.exists():
            raise Refusal(
                Sentence(
                    zh=f"{path} 不存在，无法备份 {name}。",
                    en=f"There is no {path}, so {name} cannot be copied.",
                )
            )
    if to.exists():
        raise Refusal(
            Sentence(zh=f"{to} 已经存在，请换一个目录。", en=f"{to} is there already. Name a new directory.")
        )
    part = to.with_name(f".{to.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(mode=0o700, parents=True)
        with _same_moment(files) as readers:
            for name, reader in readers.items():
                _copy(reader, part / name)
        names = list(files)
        if whole and settings.signing_key.exists():
            shutil.copyfile(settings.signing_key, part / KEY)
            (part / KEY).chmod(0o600)
            names.append(KEY)
        said = {"at": now.isoformat(), "version": version, "files": names}
        (part / MANIFEST).write_text(json.dumps(said, indent=2) + "\n")
        part.rename(to)
    except (OSError, sqlite3.Error) as error:
        shutil.rmtree(part, ignore_errors=True)
        raise Refusal(
            Sentence(
                zh=f"备份没有完成（{error}），{to} 未生成。",
                en=f"The back-up was not made ({error}); there is no {to}.",
            )
        ) from error
    return names


def put_back(settings: Settings, services: Iterable[str], of: Path, *, whole: bool, now: datetime) -> Path:
    """Put copies from the back-up `of` in place; answers where what was there before lies now.

    The caller holds the data directory. Everything is looked at before anything is moved. Raises Invalid where
    `of` is no back-up or lacks a service, and Refusal where a copy is damaged or a file is in use.
    """
    there = _manifest(of)
    wanted = _files(settings, services, whole=whole)
    if missing := sorted(wanted.keys() - set(there)):
        raise Invalid(
            Sentence(zh=f"备份 {of} 中没有 {'、'.join(missing)}。", en=f"{of} holds no {', '.join(missing)}.")
        )
    for name in wanted:
        _insist_on_health(of / name)
    for path in wanted.values():
        _insist_on_rest(path)
    if whole and KEY in there:
        wanted = {**wanted, KEY: settings.signing_key}
    fresh = _laid_ready(of, wanted)
    aside = settings.data / f"before-restore-{now:%Y%m%dT%H%M%S}Z"
    aside.mkdir(mode=0o700)
    for name, path in wanted.items():
        if path.exists():
            path.rename(aside / name)
        fresh[name].rename(path)
    return aside


def put_aside(settings: Settings, services: Iterable[str], *, now: datetime) -> Path:
    """Move the databases and the broker out of the way, so that the next start begins anew; answers where they lie.

    The caller holds the data directory. Raises Invalid where something is not embedded, and Refusal where a file is in
    use; then nothing was moved.
    """
    files = _files(settings, services, whole=True)
    for path in files.values():
        _insist_on_rest(path)
    aside = settings.data / f"before-beginning-{now:%Y%m%dT%H%M%S}Z"
    aside.mkdir(mode=0o700)
    for name, path in files.items():
        if path.exists():
            path.rename(aside / name)
    return aside


def _files(settings: Settings, services: Iterable[str], *, whole: bool) -> dict[str, Path]:
    """The SQLite files by their names in a back-up. Raises Invalid where something is not embedded."""
    files: dict[str, Path] = {}
    for service in services:
        url = make_url(settings.database_url(service))
        if url.get_backend_name() != "sqlite" or not url.database:
            raise Invalid(
                Sentence(
                    zh=f"{service} 的数据库不是内置的 SQLite，请使用 pg_dump（见 docs/operations.md）。",
                    en=f"The database of {service} is no SQLite file: use pg_dump, see docs/operations.md.",
                )
            )
        files[f"{service}.db"] = Path(url.database)
    kind, _, path = settings.broker_url.partition(":")
    if whole and kind == "embedded":
        files[BROKER] = Path(path)
    return files


@contextmanager
def _same_moment(files: Mapping[str, Path]) -> Iterator[dict[str, sqlite3.Connection]]:
    """A reader of each file, all of the same moment. Raises sqlite3.Error where a writer does not end in time."""
    with ExitStack() as stack:
        readers = {name: stack.enter_context(closing(_opened(path))) for name, path in files.items()}
        with ExitStack() as locks:
            for path in files.values():
                locks.enter_context(closing(_opened(path))).execute("BEGIN IMMEDIATE")
            for reader in readers.values():
                reader.execute("BEGIN")
                reader.execute(
                    "SELECT count(*) FROM sqlite_master"
                ).fetchone()  # the moment is taken with the first read
        yield readers


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=_PATIENCE
    )


def _copy(reader: sqlite3.Connection, to: Path) -> None:
    with closing(sqlite3.connect(to)) as copy:
        reader.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    to.chmod(0o600)


def _manifest(of: Path) -> list[str]:
    try:
        said = json.loads((of / MANIFEST).read_text())
        return list(said["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Invalid(
            Sentence(
                zh=f"{of} 不是 tongxing backup 生成的备份。",
                en=f"{of} is no back-up that tongxing backup made.",
            )
        ) from error


def _insist_on_health(copy: Path) -> None:
    """Raise Refusal where the copy is damaged."""
    try:
        with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as db:
            (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        raise Refusal(
            Sentence(
                zh=f"备份文件 {copy} 已损坏（{found}），未做任何更改。",
                en=f"{copy} is damaged ({found}). Nothing was changed.",
            )
        )


def _insist_on_rest(path: Path) -> None:
    """Take what SQLite keeps beside the file into it. Raises Refusal where another process has it open."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=0.2)) as db:
            db.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise Refusal(
            Sentence(
                zh=f"{path} 正被另一个进程使用，请先停止它。未做任何更改。",
                en=f"{path} is in use by another process. Stop that one first; nothing was changed.",
            )
        ) from error
    except sqlite3.DatabaseError:
        # Damaged: that may be why it is put back. What lies beside it goes with it.
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def _laid_ready(of: Path, wanted: Mapping[str, Path]) -> dict[str, Path]:
    """The copies, durably next to where they belong, so that what is left is to rename. Raises Refusal."""
    fresh = {name: path.with_name(f".{path.name}.restored") for name, path in wanted.items()}
    try:
        for name, path in fresh.items():
            shutil.copyfile(of / name, path)
            path.chmod(0o600)
            with path.open("rb") as file:
                os.fsync(file.fileno())
    except OSError as error:
        for path in fresh.values():
            path.unlink(missing_ok=True)
        raise Refusal(
            Sentence(
                zh=f"恢复没有完成（{error}），未做任何更改。",
                en=f"It cannot be put back ({error}). Nothing was changed.",
            )
        ) from error
    return fresh
