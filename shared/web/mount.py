"""Several services' applications as one: each request goes to whom its path belongs."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

if TYPE_CHECKING:
    from flask import Flask


def mounted(apps: Mapping[str, "Flask"]) -> WSGIApplication:
    """One application of several; keys are their paths, "" the one that gets the rest.

    The path is left as it is: every application serves under its own path, alone or not. An application alone
    gets everything.
    """
    rest = apps.get("") or next(iter(apps.values()))

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", ""))
        app = apps.get(f"/{path.split('/', 2)[1]}" if path.startswith("/") else "", rest)
        return app(environ, start_response)

    return serve
