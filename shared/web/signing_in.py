"""Who asks: the token in the cookie, verified here and held against the route's rule, before any view runs."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import structlog
from flask import Flask, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from shared.auth.principal import Principal
from shared.auth.rules import rule_of
from shared.auth.tokens import LIFETIME, BadToken, verify
from shared.errors import Forbidden, Unavailable
from shared.text import Sentence
from shared.web.edge import edge, principal
from shared.web.errors import NotSignedIn, wants_json

log = structlog.get_logger(__name__)

COOKIE = "tongxing"

#: How long a browser keeps its token: as long as a sign-in lasts, so that an expired one leads to its renewal.
KEPT = timedelta(hours=12)

#: Where directory renews a token: a page leads there, and an image of every page asks there before the token is over.
RENEWAL = "/session/renewal"

#: Says that this browser's token was renewed just now. A service that refuses it all the same has not heard of its key
#: yet (it has just started), and would send the browser in a circle.
RENEWED, _JUST_NOW = "tongxing_renewed", timedelta(seconds=5)


def install(app: Flask) -> None:
    """Check every request of the application."""
    app.before_request(_check)


def remember(response: BaseResponse, token: str) -> BaseResponse:
    """Let the browser keep a token: out of reach of scripts, and not sent along from other sites."""
    settings = edge().runtime.settings
    response.set_cookie(
        COOKIE,
        token,
        max_age=KEPT,
        httponly=True,
        samesite="Lax",
        secure=settings.secure_cookies,
    )
    return response


def renewed(response: BaseResponse, token: str) -> BaseResponse:
    """Let the browser keep its next token, and tell for five seconds that it is new."""
    secure = edge().runtime.settings.secure_cookies
    response.set_cookie(RENEWED, "1", max_age=_JUST_NOW, httponly=True, samesite="Lax", secure=secure)
    return remember(response, token)


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
            g.principal = _as_of_now(verify(token, edge().keys(), now=runtime.clock()))
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
    if token and RENEWED in request.cookies:
        raise _NotHeard
    # A browser that was signed in may still be: its token is over, or its key is, and directory knows its session.
    door = RENEWAL if token else "/sign-in"
    return redirect(f"{door}?{urlencode({'next': request.full_path.rstrip('?')})}", 303)


class _NotHeard(Unavailable):
    """Who the reader is can be told only when directory's key has come through Kafka."""

    def __init__(self) -> None:
        super().__init__(
            Sentence(
                zh="这一部分刚刚启动，还不认识你的登录。页面稍后会自动重试。",
                en="This part has just started and does not know your sign-in yet. The page tries again by itself.",
            ),
            retry_after=1,
        )


def renewal_due() -> str | None:
    """Where this page should ask for the reader's next token, if the present one is soon over."""
    asks = principal()
    if asks is None or asks.issued_at is None:
        return None
    age = edge().runtime.clock() - asks.issued_at
    return f"{RENEWAL}.svg?after={int(asks.issued_at.timestamp())}" if age > LIFETIME / 3 else None


def _as_of_now(said: Principal) -> Principal:
    """The principal of a token with the grants that hold now. Raises BadToken where it was revoked."""
    state = edge().accounts(said.account)
    if state is None or said.issued_at is None:
        return said
    if state.refuses(session=said.session, issued_at=said.issued_at):
        raise BadToken("The account was disabled, or the session has ended.")
    return replace(said, grants=state.grants)
