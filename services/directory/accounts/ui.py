"""Signing in by link, signing out, and the language of this device."""

from datetime import timedelta

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.directory.accounts.commands import use_link
from services.directory.keys.commands import signer
from shared.auth import PUBLIC
from shared.db import Transaction
from shared.ids import uuid7
from shared.web.edge import edge
from shared.web.signing_in import forget, local_path, remember

blueprint = Blueprint("accounts", __name__, template_folder="../templates")


@blueprint.get("/sign-in")
@PUBLIC
def sign_in() -> str:
    """Say how to get in."""
    return render_template("directory/sign_in.html", next=local_path(request.args.get("next")))


@blueprint.get("/sign-in/<secret>")
@PUBLIC
def follow_link(secret: str) -> str:
    """Ask before the link is spent: mail scanners and previews open links too."""
    return render_template(
        "directory/follow_link.html", secret=secret, next=local_path(request.args.get("next"))
    )


@blueprint.post("/sign-in/<secret>")
@PUBLIC
def use(secret: str) -> Response:
    """Spend the link and sign its account in."""
    runtime = edge().runtime

    def work(tx: Transaction) -> str:
        account = use_link(tx, secret=secret)
        return signer(tx, runtime.settings.signing_key).sign(account.principal(), session=uuid7(), now=tx.now)

    token = runtime.database.run(work, actor="link:sign-in")
    return remember(redirect(local_path(request.form.get("next")), 303), token)


@blueprint.post("/sign-out")
@PUBLIC
def sign_out() -> Response:
    """Forget who used this browser."""
    return forget(redirect("/sign-in", 303))


@blueprint.post("/language")
@PUBLIC
def choose_language() -> Response:
    """Keep this device's language, and go on where the reader was."""
    response = make_response(redirect(local_path(request.form.get("next")), 303))
    if request.form.get("language") in {"zh", "en"}:
        response.set_cookie("language", request.form["language"], max_age=timedelta(days=400), samesite="Lax")
    return response
