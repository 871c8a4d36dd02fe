"""One process a data directory: the embedded databases and the embedded broker belong to it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.errors import Unavailable
from shared.text import Sentence

#: Seconds that we wait for a holder whose master died: its worker ends within a second or two, with its step.
_PATIENCE = 10.0


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """Hold `directory`, made where it is missing (for its owner alone), until the block ends.

    The lock is the kernel's: it is free once no process of ours lives any more, however it died. Children
    share it. Raises Unavailable where the directory cannot be made or written, or is another's.
    """
    file = _opened(directory)
    try:
        _lock(file, directory)
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(file)


def _opened(directory: Path) -> int:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(directory / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unavailable(
            Sentence(
                zh=f"数据目录 {directory} 无法写入（{reason}）。请修正权限，或用 TONGXING_DATA 换一个目录。",
                en=f"The data directory {directory} cannot be written ({reason}). "
                "Change its permissions, or name another one with TONGXING_DATA.",
            )
        ) from error


def _lock(file: int, directory: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(file, 20, 0).decode(errors="replace").strip()
            if _lives(holder) or time.monotonic() >= deadline:
                raise Unavailable(
                    Sentence(
                        zh=f"数据目录 {directory} 正由另一个 tongxing up（进程 {holder}）使用。请先停止它，或用 TONGXING_DATA 换一个目录。",
                        en=f"The data directory {directory} is in use by another tongxing up (process {holder}). "
                        "Stop that one, or name another directory with TONGXING_DATA.",
                    )
                ) from None
            time.sleep(0.05)
        else:
            return


def _lives(pid: str) -> bool:
    """Whether the process lives. One that has just taken the lock may not have written its number yet."""
    if not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
