"""The instruments of a Flask application: a log line, a measurement and a span for each request."""

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, request

from shared.observe import logs
from shared.observe.metrics import HTTP_SECONDS
from shared.observe.traces import current_traceparent, span

if TYPE_CHECKING:
    from types import TracebackType

_ROUTE = "tongxing.route"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_UNMATCHED = "(none)"  # paths that strangers make up must not become labels

log = logs.logger(__name__)


def instrument(app: Flask, service: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
    """Tell of every request to `app`, as `service`.

    The trace of an incoming `traceparent` is continued, and the response carries it back; lines logged
    meanwhile carry service and trace. The path is logged without its query, which may hold anything.
    """

    def note_route(response: Response) -> Response:
        if request.url_rule is not None:
            request.environ[_ROUTE] = request.url_rule.rule
        return response

    app.after_request(note_route)
    app.wsgi_app = _observed(app.wsgi_app, service, monotonic)  # type: ignore[assignment,method-assign]  # Flask's own way


def _observed(inner: WSGIApplication, service: str, monotonic: Callable[[], float]) -> WSGIApplication:
    def outer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        status = 500  # what the client gets if the application raises before it answers

        def with_trace(
            line: str,
            headers: list[tuple[str, str]],
            error: "tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None" = None,
            /,
        ) -> Any:  # noqa: ANN401  the write callable of WSGI, which nobody uses
            nonlocal status
            status = int(line.split(" ", 1)[0])
            return start_response(line, [*headers, ("traceparent", current_traceparent() or "")], error)

        began = monotonic()
        with logs.bound(service=service), span("http.request", traceparent=environ.get("HTTP_TRACEPARENT")):
            try:
                return inner(environ, with_trace)
            finally:
                _tell(environ, service, status, monotonic() - began)

    return outer


def _tell(environ: WSGIEnvironment, service: str, status: int, seconds: float) -> None:
    method = environ.get("REQUEST_METHOD", "")
    method = method if method in _METHODS else "other"
    route = environ.get(_ROUTE, _UNMATCHED)
    HTTP_SECONDS.labels(service, method, route, str(status)).observe(seconds)
    # A page that looks for news and finds none does so every few seconds: nothing that anybody reads a log for.
    tell = log.debug if method == "GET" and status == HTTPStatus.NO_CONTENT else log.info
    tell(
        "Request answered.",
        method=method,
        # A path that lets in whoever knows it is no more for a log than a password.
        path=route if "<secret>" in route else environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""),
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
    )
