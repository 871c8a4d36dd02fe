"""A new password, chosen by who knows the old one."""

from http import HTTPStatus

from flask import redirect, render_template, request

from services.directory.accounts.model import Account
from services.directory.keys.model import signer
from services.directory.sessions.commands import change_password, keys_of
from services.directory.sessions.model import password_hash, password_matches
from services.directory.sessions.queries import blocked_until
from services.directory.sessions.ui.asking import Page, blueprint, waiting, wrong
from shared.auth import SIGNED_IN
from shared.db import Transaction
from shared.errors import NotFound
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.signing_in import remember


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
    errors = wrong(login=account.login, password=password, again=request.form.get("again", ""))
    if wait:
        errors["old"] = waiting(wait)
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
