"""Style, script and icons, under names that carry their content's hash and may be kept for ever."""

import json
from functools import cache
from pathlib import Path

from flask import Flask, Response, send_from_directory

from shared.auth.rules import PUBLIC

_DIST = Path(__file__).parent / "static" / "dist"


def install(app: Flask) -> None:
    """Serve the assets and let templates name them: `asset("app.css")`."""
    app.add_url_rule("/assets/<path:name>", "assets", _serve)
    app.jinja_env.globals["asset"] = url_of


def url_of(name: str) -> str:
    """Where the browser finds an asset. Raises KeyError for one that was never built."""
    return f"/assets/{_manifest()[name]}"


@PUBLIC
def _serve(name: str) -> Response:
    response = send_from_directory(_DIST, name)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@cache
def _manifest() -> dict[str, str]:
    manifest: dict[str, str] = json.loads((_DIST / "manifest.json").read_text())
    return manifest
