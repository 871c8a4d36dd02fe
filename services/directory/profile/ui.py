"""The page of one's own account."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from services.directory.accounts.model import ROLES
from services.directory.accounts.queries import own_account, scope_names
from services.directory.profile.commands import change_profile
from services.directory.sessions.queries import open_sessions
from shared.auth import SIGNED_IN
from shared.errors import Invalid
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in

blueprint = Blueprint("profile", __name__, template_folder="../templates")

_FIELDS = ("name", "language", "phone", "mail")


@blueprint.get("/account")
@SIGNED_IN
def page() -> tuple[str, int]:
    """What is known of the reader, and where they are signed in."""
    return _page()


@blueprint.post("/account")
@SIGNED_IN
def change() -> Response | tuple[str, int]:
    """Keep what the reader says of themselves; what was typed survives an error."""
    asks, typed = signed_in(), {name: request.form.get(name, "").strip()[:200] for name in _FIELDS}
    try:
        command(lambda tx: change_profile(tx, account_id=asks.account, **typed))
    except Invalid as error:
        return _page(typed, {error.field or "name": error.sentence})
    return redirect("/account?changed=profile", 303)


def _page(typed: dict[str, str] | None = None, errors: dict[str, Sentence] | None = None) -> tuple[str, int]:
    asks = signed_in()
    with reading() as db:
        account = own_account(db, asks.account)
        sessions = open_sessions(db, asks.account, now=edge().runtime.clock())
        names = scope_names(db, {grant.scope for grant in account.grants})
    shown = render_template(
        "directory/profile.html",
        account=account,
        sessions=sessions,
        names=names,
        ROLES=ROLES,
        typed=typed or {name: getattr(account, name) for name in _FIELDS},
        errors=errors or {},
        changed="changed" in request.args,
    )
    return shown, HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
