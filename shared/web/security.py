"""What every response says to the browser, and what no request from another site may do."""

from flask import Flask, Response, request
from werkzeug.datastructures import Headers

from shared.errors import Forbidden
from shared.text import Sentence

_SAFE = {"GET", "HEAD", "OPTIONS"}

_HEADERS = {
    # No inline script anywhere: HTML in a name stays text even if a template forgot to escape it.
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
    "object-src 'none'; img-src 'self' data:",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def protect(app: Flask, *, secure_cookies: bool) -> None:
    """Refuse changes that another site's page sends, and put the headers on every response."""

    def harden(response: Response) -> Response:
        _put(response.headers)
        if secure_cookies:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    app.before_request(_refuse_foreign)
    app.after_request(harden)


def _put(headers: Headers) -> None:
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-store")  # pages are somebody's; assets say otherwise


def _refuse_foreign() -> None:
    """Cross-site request forgery: beside SameSite cookies, what the browser itself says of the sender.

    A client that is no browser sends neither header, and carries no cookie that it did not get on purpose.
    """
    if request.method in _SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site not in {None, "same-origin", "none"} or (
        site is None and origin is not None and origin != request.host_url.rstrip("/")
    )
    if foreign:
        raise Forbidden(
            Sentence(
                zh="这个请求来自其他网站，已被拒绝。请在本系统的页面上操作。",
                en="This request came from another site and was refused. Use the pages of this system.",
            )
        )
