"""Signing in by link, links for schools, signing out, and the language of this device."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.directory.accounts.commands import TO_A_SCHOOL, issue_link, liaison, signer, use_link
from services.directory.schools.model import School
from shared.auth import PUBLIC, holders
from shared.db import Transaction
from shared.ids import uuid7
from shared.web.edge import command, edge
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


@blueprint.post("/directory/schools/<uuid:school_id>/links")
@holders("administrator")  # whoever holds a link signs in as that school
def issue(school_id: UUID) -> str:
    """Make a link for the school's liaison, and show it this once."""

    def work(tx: Transaction) -> tuple[str, str]:
        school = tx.load(School, school_id)
        account = liaison(tx, school_id=school.id, school_name=school.name)
        return school.name, issue_link(tx, account=account, lasts=TO_A_SCHOOL)

    name, secret = command(work)
    return render_template(
        "directory/link.html", school=name, link=f"{edge().runtime.settings.base_url}/sign-in/{secret}"
    )


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
