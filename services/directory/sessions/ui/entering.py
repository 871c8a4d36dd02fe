"""Signing in, by password or link, and what to do about a forgotten password."""

from datetime import datetime
from http import HTTPStatus

from flask import redirect, render_template, request

from services.directory.sessions.commands import (
    Opened,
    ask_for_mail,
    keys_of,
    open_session,
    sign_in,
    use_link,
)
from services.directory.sessions.model import password_hash, password_matches
from services.directory.sessions.policies import plain_login
from services.directory.sessions.queries import blocked_until, candidate, link
from services.directory.sessions.ui.asking import Page, blueprint, keep, this_device, waiting, wrong
from shared.auth import PUBLIC
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.text import Sentence
from shared.web.edge import edge, reading
from shared.web.signing_in import local_path

_WRONG = Sentence(
    zh="登录名或密码不对。请检查后再试，忘记密码可以重设。",
    en="Login or password are wrong. Try again, or set a new password if you forgot it.",
)


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
    device, database = this_device(), edge().runtime.database
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
        return keep(redirect(local_path(request.form.get("next")), 303), done)
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
    runtime, device = edge().runtime, this_device()
    login, password = plain_login(request.form.get("login", "")), request.form.get("password", "")
    with reading() as db:
        found = link(db, secret, now=runtime.clock())
    kept = None
    if found and found.purpose == "password":
        if errors := wrong(login=login, password=password, again=request.form.get("again", "")):
            return _link_page(secret, login=login, errors=errors)
        kept = password_hash(password)

    def work(tx: Transaction) -> Opened:
        account = use_link(tx, secret=secret, login=login, password_hash=kept)
        return open_session(tx, account=account, device=device, key_file=runtime.settings.signing_key)

    try:
        opened = runtime.database.run(work, actor="link:sign-in")
    except Invalid as error:
        return _link_page(secret, login=login, errors={error.field or "login": error.sentence})
    return keep(redirect(local_path(request.form.get("next")), 303), opened)


@blueprint.get("/forgotten")
@PUBLIC
def forgotten() -> str:
    """Ask whose password was forgotten."""
    return render_template("directory/forgotten.html", can_mail=bool(edge().runtime.settings.smtp_url))


@blueprint.post("/forgotten")
@PUBLIC
def send_link() -> Page:
    """Have a link mailed. The answer is the same whether there is such an account or not."""
    said, address = request.form.get("login", "")[:200], this_device().address
    if not edge().runtime.settings.smtp_url:
        return render_template("directory/forgotten.html", can_mail=False), HTTPStatus.CONFLICT
    wait = edge().runtime.database.run(
        lambda tx: ask_for_mail(tx, said=said, address=address), actor="link:forgotten"
    )
    page = render_template("directory/forgotten.html", can_mail=True, asked=said, wait=wait)
    return page, HTTPStatus.TOO_MANY_REQUESTS if wait else HTTPStatus.OK


def _sign_in_page(
    *, login: str = "", error: Sentence | None = None, wait: datetime | None = None
) -> tuple[str, int]:
    status = HTTPStatus.TOO_MANY_REQUESTS if wait else HTTPStatus.UNPROCESSABLE_ENTITY
    page = render_template(
        "directory/sign_in.html",
        next=local_path(request.values.get("next")),
        login=login,
        error=waiting(wait) if wait else error,
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
