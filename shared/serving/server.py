"""gunicorn around one application: a master that restarts its workers, threads for requests.

Nothing is opened before the fork: clients, connections and threads do not survive one.
"""

import gc
import os
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn
from wsgiref.types import WSGIApplication

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from shared.worker.heap import settle_heap

#: Makes the application in a worker, after the fork, and answers it with what to call when the worker ends.
Open = Callable[[], tuple[WSGIApplication, Callable[[], object]]]

#: Requests that one process answers at a time.
THREADS = 8

#: Seconds that requests in hand, and then the loops, have to end; less than what Kubernetes grants (30).
_GRACE = 12


def serve(
    bound: socket.socket,
    open_: Open,
    *,
    name: str,
    ready: Callable[[], object] = lambda: None,
    workers: int = 1,
    threads: int = THREADS,
) -> NoReturn:
    """Serve what `open_` makes on the bound socket until TERM or Ctrl-C; leaves with SystemExit.

    Both signals let requests in hand end. name: what process lists call it. ready: called once the port
    answers (the first request may still wait for the worker).
    """
    _Application(bound, open_, name=name, ready=ready, workers=workers, threads=threads).run()
    raise AssertionError  # gunicorn's master only leaves by SystemExit


class _Log(Logger):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn's own lines take the way of all others (`shared.observe.logs`)."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


class _Application(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    def __init__(
        self,
        bound: socket.socket,
        open_: Open,
        *,
        name: str,
        ready: Callable[[], object],
        workers: int,
        threads: int,
    ) -> None:
        self._bound, self._open, self._ready = bound, open_, ready
        self._name, self._workers, self._threads = name, workers, threads
        self._close: Callable[[], object] | None = None
        self._serving: int | None = None
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": f"fd://{self._bound.detach()}",
            "worker_class": "gthread",
            "workers": self._workers,
            "threads": self._threads,
            "graceful_timeout": _GRACE,
            "timeout": 60,
            "keepalive": 5,
            "proc_name": f"tongxing-{self._name}",
            "preload_app": False,
            "control_socket_disable": True,  # its default path is one per user, and services would share it
            "accesslog": None,  # shared.observe.web tells of requests
            "loglevel": "warning",
            "forwarded_allow_ips": "",  # TONGXING_TRUSTED_PROXIES alone says whose word counts
            "logger_class": _Log,
            "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: PTH112, S108  a heartbeat file; on a disk it would wait for it
            "when_ready": self._when_ready,
            "pre_fork": _before_fork,
            "post_worker_init": _after_fork,
            "worker_exit": self._worker_exit,
        }
        for setting, value in settings.items():
            self.cfg.set(setting, value)

    def load(self) -> WSGIApplication:
        """Called by gunicorn in the worker."""
        application, self._close = self._open()
        self._serving = os.getpid()
        settle_heap()  # a look at everything that was loaded takes 170 ms, in the middle of somebody's page
        return application

    def _when_ready(self, arbiter: Arbiter) -> None:
        def stop(_number: int, frame: FrameType | None) -> None:
            arbiter.signal(signal.SIGTERM, frame)  # Ctrl-C means the same: let requests end

        signal.signal(signal.SIGINT, stop)
        self._ready()

    def _worker_exit(self, _arbiter: Arbiter, _worker: Worker) -> None:
        if self._close is not None and self._serving == os.getpid():  # the master passes here too
            self._close()


def _before_fork(_arbiter: Arbiter, _worker: Worker) -> None:
    gc.collect()
    gc.freeze()  # what is there stays shared with the worker: its collector never writes to it


def _after_fork(_worker: Worker) -> None:
    # A terminal sends Ctrl-C to the whole group; the worker waits for its master's word.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
