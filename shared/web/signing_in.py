"""Who asks: the token in the cookie, verified here and held against the route's rule, before any view runs."""

from urllib.parse import urlencode

import structlog
from flask import Flask, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from shared.auth.rules import rule_of
from shared.auth.tokens import LIFETIME, BadToken, verify
from shared.errors import Forbidden
from shared.text import Sentence
from shared.web.edge import edge, principal
from shared.web.errors import NotSignedIn, wants_json

log = structlog.get_logger(__name__)

COOKIE = "tongxing"


def install(app: Flask) -> None:
    """Check every request of the application."""
    app.before_request(_check)


def remember(response: BaseResponse, token: str) -> BaseResponse:
    """Let the browser keep a token: out of reach of scripts, and not sent along from other sites."""
    settings = edge().runtime.settings
    response.set_cookie(
        COOKIE,
        token,
        max_age=LIFETIME,
        httponly=True,
        samesite="Lax",
        secure=settings.secure_cookies,
    )
    return response


def forget(response: BaseResponse) -> BaseResponse:
    """Let the browser drop its token."""
    response.delete_cookie(
        COOKIE, httponly=True, samesite="Lax", secure=edge().runtime.settings.secure_cookies
    )
    return response


def local_path(target: str | None) -> str:
    """`target` if it is a path of ours, else the home page: nobody is sent elsewhere after signing in."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return "/"
    # Browsers drop tabs and line ends from an address: "/\t/elsewhere" would become "//elsewhere".
    return target if target.isprintable() else "/"


def _check() -> BaseResponse | None:
    token = request.cookies.get(COOKIE)
    if token:
        runtime = edge().runtime
        try:
            g.principal = verify(token, edge().keys(), now=runtime.clock())
        except BadToken as error:
            log.info("token refused", reason=str(error))
    if request.endpoint is None:  # there is no such route; the error handler says so
        return None
    rule = rule_of(current_app.view_functions[request.endpoint], request.method)
    if request.method == "OPTIONS" or (rule is not None and rule.allows(principal())):
        return None
    if principal() is not None:
        raise Forbidden(Sentence(zh="你没有权限进行这项操作。", en="You may not do this."))
    # A fragment is no place for the sign-in page: whoever asked for it says that the reader was signed out.
    if wants_json() or request.headers.get("HX-Request") or request.method not in {"GET", "HEAD"}:
        raise NotSignedIn
    return redirect(f"/sign-in?{urlencode({'next': request.full_path.rstrip('?')})}", 303)
