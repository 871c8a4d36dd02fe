"""A small HTTP server for what a worker has to say: health and metrics, nothing that people look at."""

import socketserver
import threading
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer
from wsgiref.types import WSGIApplication

from shared.errors import Invalid
from shared.observe import logs
from shared.text import Sentence

log = logs.logger(__name__)


class Server:
    """Answers requests in threads, so that a slow scrape keeps no probe waiting."""

    def __init__(self, application: WSGIApplication, *, host: str, port: int) -> None:
        """Bind to `host` and `port` (0 takes any free one). Raises Invalid with a sentence where that fails."""
        try:
            self._server = _Threaded((host, port), _Quiet)
        except OSError as error:
            reason = error.strerror or str(error)
            raise Invalid(
                Sentence(
                    zh=f"无法监听 {host}:{port}（{reason}）。请用 TONGXING_WORKER_PORT 换一个端口。",
                    en=f"Cannot listen on {host}:{port} ({reason}). Choose another port with TONGXING_WORKER_PORT.",
                )
            ) from error
        self._server.set_app(application)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name="health server", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering and give the port back."""
        if self._thread.ident is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        """Bind without asking the name service for our own name, as the library would: it may not answer."""
        socketserver.TCPServer.server_bind(self)
        host, port = self.server_address[:2]
        self.server_name, self.server_port = str(host), port
        self.setup_environ()


class _Quiet(WSGIRequestHandler):
    timeout = 10  # of a connection on which nothing comes

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the library's signature
        log.debug("Probe answered.", line=format % args)
