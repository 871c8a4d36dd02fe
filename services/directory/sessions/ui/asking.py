"""The blueprint, and what its pages share: whose device this is, what it keeps, and what is said of wrong words."""

import re
from datetime import datetime

from flask import Blueprint, request
from werkzeug.wrappers import Response

from services.directory.sessions.commands import Device, Opened
from services.directory.sessions.model import SESSION
from services.directory.sessions.policies import why_not_login, why_not_password
from shared.text import Sentence
from shared.web.edge import edge
from shared.web.signing_in import forget, remember

blueprint = Blueprint("sessions", "services.directory.sessions.ui", template_folder="../../templates")

#: The cookie that gets the next token. It goes nowhere but there.
COOKIE, WHERE = "tongxing_session", "/session"

Page = Response | tuple[str, int]

_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = r"Windows|Android|iPhone|iPad|Macintosh|HarmonyOS|Linux"


def keep(response: Response, opened: Opened) -> Response:
    """Let the browser keep its session and its token."""
    response.set_cookie(
        COOKIE,
        opened.secret,
        max_age=SESSION,
        path=WHERE,
        httponly=True,
        samesite="Lax",
        secure=edge().runtime.settings.secure_cookies,
    )
    return remember(response, opened.token)


def drop(response: Response) -> Response:
    """Let the browser forget both."""
    response.delete_cookie(COOKIE, path=WHERE)
    return forget(response)


def this_device() -> Device:
    """What a session is opened from, as its browser says."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = re.search(_SYSTEMS, agent)
    return Device(" · ".join(filter(None, (browser, system[0] if system else ""))), request.remote_addr or "")


def wrong(*, login: str, password: str, again: str) -> dict[str, Sentence]:
    """What is wrong with a login and a password that somebody chooses."""
    found: dict[str, Sentence] = {}
    if reason := why_not_login(login):
        found["login"] = reason
    if reason := why_not_password(password, login=login):
        found["password"] = reason
    elif password != again:
        found["again"] = Sentence(zh="两次输入的密码不一样。", en="The two are not the same.")
    return found


def waiting(until: datetime) -> Sentence:
    """Until when nobody may try again, in minutes."""
    minutes = max(1, -(-int((until - edge().runtime.clock()).total_seconds()) // 60))
    return Sentence(
        zh=f"尝试次数太多，请 {minutes} 分钟后再试。",
        en=f"Too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}.",
    )
