"""Work that is done once, in a process of its own: the memory that it needs goes with it."""

import ctypes
import multiprocessing
import pickle
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from shared.errors import Unavailable
from shared.text import Sentence

T = TypeVar("T")

_PR_SET_PDEATHSIG = 1  # prctl(2)


def aside(work: Callable[[], T]) -> T:
    """What `work` answers, or raises. Call it before there are threads: the process is forked.

    The child dies with its parent, so that a kill ends both as it would end one. Raises Unavailable where the child is
    gone without an answer, as when the machine has no memory left.
    """
    fork = multiprocessing.get_context("fork")
    answers, says = fork.Pipe(duplex=False)
    child = fork.Process(target=_do, args=(work, says))
    child.start()
    says.close()
    try:
        done, answer = answers.recv()
    except EOFError as error:
        raise Unavailable(
            Sentence(
                zh="准备工作没有完成就中断了，可能是内存不足。数据没有损坏，请再启动一次。",
                en="Preparing ended in the middle, perhaps for want of memory. No data are harmed: start it again.",
            )
        ) from error
    finally:
        child.join()
        answers.close()
    if not done:
        raise answer
    return answer  # type: ignore[no-any-return]  # what `work` answered


def _do(work: Callable[[], Any], says: Connection) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
        answer: tuple[bool, Any] = True, work()
    except BaseException as error:  # noqa: BLE001  the parent raises it, whatever it is
        answer = False, _sendable(error)
    says.send(answer)


def _sendable(error: BaseException) -> BaseException:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  our own
    except Exception:  # noqa: BLE001  libraries raise what cannot be sent
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
