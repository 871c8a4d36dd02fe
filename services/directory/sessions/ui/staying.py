"""The next token, signing out here or everywhere, and the language of this device."""

from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

from flask import make_response, redirect, request
from werkzeug.wrappers import Response

from services.directory.accounts.model import Account
from services.directory.sessions.commands import end_session, renew, sign_out_everywhere
from services.directory.sessions.ui.asking import COOKIE, blueprint, drop
from shared.auth import PUBLIC, SIGNED_IN
from shared.web.edge import command, edge, principal, signed_in
from shared.web.signing_in import local_path, remember, renewed


@blueprint.get("/session/renewal")
@PUBLIC
def renewal() -> Response:
    """Give the browser its next token and go on, or to the sign-in page where its session is over."""
    target = local_path(request.args.get("next"))
    token = _renewed()
    if token is None:
        return drop(redirect(f"/sign-in?next={quote(target, safe='')}", 303))
    return renewed(redirect(target, 303), token)


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
    return drop(redirect("/sign-in", 303))


@blueprint.post("/account/sign-outs")
@SIGNED_IN
def everywhere() -> Response:
    """Sign out on every device, this one too."""
    asks = signed_in()
    command(lambda tx: sign_out_everywhere(tx, account=tx.load(Account, asks.account)))
    return drop(redirect("/sign-in", 303))


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@SIGNED_IN
def end(session_id: UUID) -> Response:
    """Sign out on one device."""
    asks = signed_in()
    command(lambda tx: end_session(tx, account_id=asks.account, session_id=session_id))
    return redirect("/account", 303)


@blueprint.post("/language")
@PUBLIC
def choose_language() -> Response:
    """Keep this device's language, and go on where the reader was."""
    response = redirect(local_path(request.form.get("next")), 303)
    if request.form.get("language") in {"zh", "en"}:
        response.set_cookie("language", request.form["language"], max_age=timedelta(days=400), samesite="Lax")
    return response


def _renewed() -> str | None:
    secret, key_file = request.cookies.get(COOKIE), edge().runtime.settings.signing_key
    if not secret:
        return None
    return edge().runtime.database.run(
        lambda tx: renew(tx, secret=secret, key_file=key_file), actor="link:session"
    )
