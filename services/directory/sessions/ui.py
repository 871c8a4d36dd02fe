"""Signing in by password or link, a forgotten password, the next token, signing out, and the language of this device."""

import re
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.directory.accounts.model import Account
from services.directory.keys.model import signer
from services.directory.sessions.commands import (
    Device,
    Opened,
    ask_for_mail,
    change_password,
    end_session,
    keys_of,
    open_session,
    renew,
    sign_in,
    sign_out_everywhere,
    use_link,
)
from services.directory.sessions.model import SESSION, password_hash, password_matches
from services.directory.sessions.policies import plain_login, why_not_login, why_not_password
from services.directory.sessions.queries import blocked_until, candidate, link
from shared.auth import PUBLIC, SIGNED_IN
from shared.db import Transaction
from shared.errors import Invalid, NotFound, Refusal
from shared.text import Sentence
from shared.web.edge import command, edge, principal, reading, signed_in
from shared.web.signing_in import forget, local_path, remember

blueprint = Blueprint("sessions", __name__, template_folder="../templates")

#: The cookie that gets the next token. It goes nowhere but there.
COOKIE, WHERE = "tongxing_session", "/session"

Page = Response | tuple[str, int]

_WRONG = Sentence(
    zh="登录名或密码不对。请检查后再试，忘记密码可以重设。",
    en="Login or password are wrong. Try again, or set a new password if you forgot it.",
)
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = r"Windows|Android|iPhone|iPad|Macintosh|HarmonyOS|Linux"


@blueprint.get("/sign-in")
@PUBLIC
def form() -> Page:
    """Ask for login and password."""
    return _sign_in_page()


@blueprint.post("/sign-in")
@PUBLIC
def enter() -> Page:
    """Sign in with login and password; what was typed stays, but for the password."""
    login, password = plain_login(request.form.get("login", "")[:200]), request.form.get("password", "")
    device, database = _device(), edge().runtime.database
    with reading() as db:
        found = candidate(db, login=login)
        wait = blocked_until(db, keys_of(login=login, address=device.address), now=edge().runtime.clock())
    if wait:
        return _sign_in_page(login=login, wait=wait)
    right = password_matches(found.password_hash, password[:1000])  # takes long: outside of every transaction
    key_file = edge().runtime.settings.signing_key
    try:
        done = database.run(
            lambda tx: sign_in(tx, login=login, found=found, right=right, device=device, key_file=key_file),
            actor=f"account:{found.account_id}" if right else "link:sign-in",
        )
    except Refusal as error:
        return _sign_in_page(login=login, error=error.sentence)
    if isinstance(done, Opened):
        return _keep(redirect(local_path(request.form.get("next")), 303), done)
    if done is None:
        return _sign_in_page(login=login, error=_WRONG)
    return _sign_in_page(login=login, wait=done)


@blueprint.get("/sign-in/<secret>")
@PUBLIC
def follow_link(secret: str) -> Page:
    """Ask before the link is spent: mail scanners and previews open links too."""
    return _link_page(secret)


@blueprint.post("/sign-in/<secret>")
@PUBLIC
def use(secret: str) -> Page:
    """Spend the link and sign its account in; choose login and password first where the link is for that."""
    runtime, device = edge().runtime, _device()
    login, password = plain_login(request.form.get("login", "")), request.form.get("password", "")
    with reading() as db:
        found = link(db, secret, now=runtime.clock())
    kept = None
    if found and found.purpose == "password":
        if errors := _wrong(login=login, password=password, again=request.form.get("again", "")):
            return _link_page(secret, login=login, errors=errors)
        kept = password_hash(password)

    def work(tx: Transaction) -> Opened:
        account = use_link(tx, secret=secret, login=login, password_hash=kept)
        return open_session(tx, account=account, device=device, key_file=runtime.settings.signing_key)

    try:
        opened = runtime.database.run(work, actor="link:sign-in")
    except Invalid as error:
        return _link_page(secret, login=login, errors={error.field or "login": error.sentence})
    return _keep(redirect(local_path(request.form.get("next")), 303), opened)


@blueprint.get("/forgotten")
@PUBLIC
def forgotten() -> str:
    """Ask whose password was forgotten."""
    return render_template("directory/forgotten.html", can_mail=bool(edge().runtime.settings.smtp_url))


@blueprint.post("/forgotten")
@PUBLIC
def send_link() -> Page:
    """Have a link mailed. The answer is the same whether there is such an account or not."""
    said, address = request.form.get("login", "")[:200], _device().address
    if not edge().runtime.settings.smtp_url:
        return render_template("directory/forgotten.html", can_mail=False), HTTPStatus.CONFLICT
    wait = edge().runtime.database.run(
        lambda tx: ask_for_mail(tx, said=said, address=address), actor="link:forgotten"
    )
    page = render_template("directory/forgotten.html", can_mail=True, asked=said, wait=wait)
    return page, HTTPStatus.TOO_MANY_REQUESTS if wait else HTTPStatus.OK


@blueprint.get("/session/renewal")
@PUBLIC
def renewal() -> Response:
    """Give the browser its next token and go on, or to the sign-in page where its session is over."""
    target = local_path(request.args.get("next"))
    token = _renewed()
    if token is None:
        return _drop(redirect(f"/sign-in?next={quote(target, safe='')}", 303))
    return remember(redirect(target, 303), token)


@blueprint.get("/session/renewal.svg")
@PUBLIC
def renewal_unseen() -> Response:
    """The same as an image of nothing, which every page asks for before its reader's token is over."""
    token = _renewed()
    answer = make_response('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')
    answer.mimetype = "image/svg+xml"
    return remember(answer, token) if token else answer


@blueprint.post("/sign-out")
@PUBLIC
def sign_out() -> Response:
    """End this device's session and forget who used this browser."""
    asks = principal()
    if asks is not None and asks.session is not None:
        account, session = asks.account, asks.session
        command(lambda tx: end_session(tx, account_id=account, session_id=session))
    return _drop(redirect("/sign-in", 303))


@blueprint.post("/account/sign-outs")
@SIGNED_IN
def everywhere() -> Response:
    """Sign out on every device, this one too."""
    asks = signed_in()
    command(lambda tx: sign_out_everywhere(tx, account=tx.load(Account, asks.account)))
    return _drop(redirect("/sign-in", 303))


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@SIGNED_IN
def end(session_id: UUID) -> Response:
    """Sign out on one device."""
    asks = signed_in()
    command(lambda tx: end_session(tx, account_id=asks.account, session_id=session_id))
    return redirect("/account", 303)


@blueprint.get("/account/password")
@SIGNED_IN
def password_form() -> Page:
    """Ask for the old password and a new one."""
    return render_template("directory/password.html", errors={}), HTTPStatus.OK


@blueprint.post("/account/password")
@SIGNED_IN
def set_password() -> Page:
    """Change one's password. Other devices are signed out; this one stays."""
    asks, runtime = signed_in(), edge().runtime
    with reading() as db:
        account = db.get(Account, asks.account)
        wait = blocked_until(db, keys_of(login=str(asks.account), address=""), now=runtime.clock())
    if account is None or account.login is None:
        raise NotFound(
            Sentence(
                zh="这个账号没有登录名，请向管理员要一个设置密码的链接。",
                en="This account has no login: ask the administrator for a link that sets a password.",
            )
        )
    password = request.form.get("password", "")
    errors = _wrong(login=account.login, password=password, again=request.form.get("again", ""))
    if wait:
        errors["old"] = _wait(wait)
    elif not errors and not password_matches(account.password_hash, request.form.get("old", "")[:1000]):
        errors["old"] = Sentence(zh="原密码不对。", en="This is not your present password.")
    if errors:
        return render_template("directory/password.html", errors=errors), HTTPStatus.UNPROCESSABLE_ENTITY
    kept = password_hash(password)

    def work(tx: Transaction) -> str:
        owner = tx.load(Account, asks.account)
        change_password(tx, account=owner, password_hash=kept, keep=asks.session)
        return signer(tx, runtime.settings.signing_key).sign(
            owner.principal(), session=asks.session or asks.account, now=tx.now
        )

    return remember(redirect("/account?changed=password", 303), command(work))


@blueprint.post("/language")
@PUBLIC
def choose_language() -> Response:
    """Keep this device's language, and go on where the reader was."""
    response = redirect(local_path(request.form.get("next")), 303)
    if request.form.get("language") in {"zh", "en"}:
        response.set_cookie("language", request.form["language"], max_age=timedelta(days=400), samesite="Lax")
    return response


def _sign_in_page(
    *, login: str = "", error: Sentence | None = None, wait: datetime | None = None
) -> tuple[str, int]:
    status = HTTPStatus.TOO_MANY_REQUESTS if wait else HTTPStatus.UNPROCESSABLE_ENTITY
    page = render_template(
        "directory/sign_in.html",
        next=local_path(request.values.get("next")),
        login=login,
        error=_wait(wait) if wait else error,
    )
    return page, status if wait or error else HTTPStatus.OK


def _link_page(secret: str, *, login: str = "", errors: dict[str, Sentence] | None = None) -> tuple[str, int]:
    with reading() as db:
        found = link(db, secret, now=edge().runtime.clock())
    page = render_template(
        "directory/follow_link.html",
        found=found,
        login=login or (found.login if found else ""),
        next=local_path(request.values.get("next")),
        errors=errors or {},
    )
    return page, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK


def _wrong(*, login: str, password: str, again: str) -> dict[str, Sentence]:
    found: dict[str, Sentence] = {}
    if reason := why_not_login(login):
        found["login"] = reason
    if reason := why_not_password(password, login=login):
        found["password"] = reason
    elif password != again:
        found["again"] = Sentence(zh="两次输入的密码不一样。", en="The two are not the same.")
    return found


def _wait(until: datetime) -> Sentence:
    minutes = max(1, -(-int((until - edge().runtime.clock()).total_seconds()) // 60))
    return Sentence(
        zh=f"尝试次数太多，请 {minutes} 分钟后再试。",
        en=f"Too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}.",
    )


def _device() -> Device:
    agent = request.headers.get("User-Agent", "")
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = re.search(_SYSTEMS, agent)
    return Device(" · ".join(filter(None, (browser, system[0] if system else ""))), request.remote_addr or "")


def _renewed() -> str | None:
    secret, key_file = request.cookies.get(COOKIE), edge().runtime.settings.signing_key
    if not secret:
        return None
    return edge().runtime.database.run(
        lambda tx: renew(tx, secret=secret, key_file=key_file), actor="link:session"
    )


def _keep(response: Response, opened: Opened) -> Response:
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


def _drop(response: Response) -> Response:
    response.delete_cookie(COOKIE, path=WHERE)
    return forget(response)
