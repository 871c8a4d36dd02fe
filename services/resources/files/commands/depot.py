"""Where files lie: a directory or a bucket, by fsspec. Bytes go through in pieces, whatever the size of a file."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import IO, TYPE_CHECKING, Any, cast
from uuid import UUID

from shared.settings import Settings

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

#: Bytes that are in memory at once.
PIECE = 256 * 1024


class Depot:
    """The files below one URL. Keys are paths with `/`, made by us alone, never of what people type.

    `parts/UPLOAD/…` is what came and is not put together yet, `files/…` what is kept, `previews/…` pictures.
    """

    def __init__(self, url: str) -> None:
        """Open what the URL names; directories are made when something is put in."""
        import fsspec  # noqa: PLC0415  20 MB of memory that only who handles files needs

        found: tuple[Any, str] = fsspec.core.url_to_fs(url)
        self._files = cast("AbstractFileSystem", found[0])
        self._root = found[1].rstrip("/")
        self._local = "file" in _protocols(self._files)

    def put(self, key: str, pieces: Iterable[bytes]) -> int:
        """Keep the pieces under the key, on the disk for good; answers how many bytes. What raises leaves nothing behind."""
        path = self._path(key)
        self._make_room(path)
        size = 0
        try:
            with self._open(path, "wb") as file:
                for piece in pieces:
                    file.write(piece)
                    size += len(piece)
                if self._local:
                    file.flush()
                    os.fsync(file.fileno())
        except BaseException:
            self.drop(key)
            raise
        return size

    def open(self, key: str) -> IO[bytes]:
        """The file, to read and seek in. Raises FileNotFoundError."""
        return self._open(self._path(key), "rb")

    def pieces(self, key: str) -> Iterator[bytes]:
        """All of the file, piece by piece. Raises FileNotFoundError."""
        with self.open(key) as file:
            while piece := file.read(PIECE):
                yield piece

    def move(self, key: str, to: str) -> None:
        """Give the file another key."""
        self._make_room(self._path(to))
        self._files.mv(self._path(key), self._path(to))

    def drop(self, key: str) -> None:
        """Forget the file, if it is there."""
        with suppress(FileNotFoundError):
            self._files.rm_file(self._path(key))

    def drop_all(self, prefix: str) -> None:
        """Forget everything below a prefix."""
        with suppress(FileNotFoundError):
            self._files.rm(self._path(prefix), recursive=True)

    def has(self, key: str) -> bool:
        """Whether it is there."""
        return bool(self._files.exists(self._path(key)))

    def path_of(self, key: str) -> str | None:
        """Where the file lies on this machine; None in a bucket."""
        return self._path(key) if self._local else None

    def _path(self, key: str) -> str:
        return f"{self._root}/{key}"

    def _make_room(self, path: str) -> None:
        if self._local:
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)

    def _open(self, path: str, mode: str) -> IO[bytes]:
        return cast("IO[bytes]", self._files.open(path, mode))


def part_key(upload_id: UUID, name: str) -> str:
    """Where a part of an upload lies."""
    return f"parts/{upload_id}/{name}"


def file_key(stored_id: UUID) -> str:
    """Where a kept file lies; no two of them ever share a key, so that dropping one never takes another with it."""
    return f"files/{stored_id.hex[-2:]}/{stored_id}"


def preview_key(stored_id: UUID) -> str:
    """Where the picture of a file's first page lies."""
    return f"previews/{stored_id.hex[-2:]}/{stored_id}.webp"


@cache
def depot_at(url: str) -> Depot:
    """The depot of this process for a URL."""
    return Depot(url)


def depot_of(settings: Settings) -> Depot:
    """The depot that the settings name."""
    return depot_at(settings.files_url)


def _protocols(files: "AbstractFileSystem") -> tuple[str, ...]:
    said = files.protocol
    return (said,) if isinstance(said, str) else tuple(said)


#: Opens the depot where it is needed first, so that a process without files does without it.
OpenDepot = Callable[[], Depot]
