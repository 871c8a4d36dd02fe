"""/healthz, /readyz and /metrics as plain WSGI, for the worker's small server and for web applications alike."""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from shared.observe import metrics
from shared.observe.health import Health, Report

_JSON = "application/json"


def wsgi(health: Health, *, with_metrics: bool = True) -> WSGIApplication:
    """An application that answers the three paths, and 404 for everything else.

    with_metrics: whether /metrics answers here. A public address does without: its numbers tell strangers
    how much is going on.
    """
    answers: dict[str, Callable[[], tuple[HTTPStatus, str, bytes]]] = {
        "/healthz": lambda: _report(health.alive()),
        "/readyz": lambda: _report(health.ready()),
    }
    if with_metrics:
        answers["/metrics"] = _metrics

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = answers.get(environ.get("PATH_INFO", ""))
        method = environ.get("REQUEST_METHOD", "GET")
        if answer is None:
            status, kind, body = HTTPStatus.NOT_FOUND, "text/plain", b"Try /healthz, /readyz or /metrics.\n"
        elif method not in {"GET", "HEAD"}:
            status, kind, body = HTTPStatus.METHOD_NOT_ALLOWED, "text/plain", b"GET only.\n"
        else:
            status, kind, body = answer()
        start_response(
            f"{status.value} {status.phrase}",
            [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")],
        )
        return [] if method == "HEAD" else [body]

    return application


def beside(application: WSGIApplication, endpoints: WSGIApplication) -> WSGIApplication:
    """`application` with the endpoints beside it.

        app.wsgi_app = beside(app.wsgi_app, wsgi(health))

    They stand in front of the application, so that probes need no sign-in, cost no session and stay out of the
    request log and the request metrics.
    """

    def front(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        ours = environ.get("PATH_INFO") in {"/healthz", "/readyz", "/metrics"}
        return (endpoints if ours else application)(environ, start_response)

    return front


def _report(report: Report) -> tuple[HTTPStatus, str, bytes]:
    status = HTTPStatus.OK if report.well else HTTPStatus.SERVICE_UNAVAILABLE
    return status, _JSON, json.dumps(report.as_json(), ensure_ascii=False, indent=1).encode() + b"\n"


def _metrics() -> tuple[HTTPStatus, str, bytes]:
    body, kind = metrics.exposition()
    return HTTPStatus.OK, kind, body
