"""The list of accounts."""

from flask import render_template

from services.directory.accounts.model import ROLES
from services.directory.accounts.policies import MAY
from services.directory.accounts.queries import accounts_listed, moved_within, scope_names
from services.directory.accounts.ui.asking import blueprint, seen
from shared.web.edge import reading, signed_in
from shared.web.lists import listing
from shared.web.scopes import narrowed


@blueprint.get("/directory/accounts")
@MAY["see"]
def index() -> str:
    """The accounts of the places that the reader looks after."""
    wanted = listing(sorts=("name",), filters=("q", "state"), default="name")
    with reading() as db:
        found = accounts_listed(
            db,
            narrowed(seen()),
            words=wanted.get("q"),
            moved=wanted.get("state") == "moved",
            descending=wanted.descending,
            offset=wanted.offset,
            limit=wanted.size,
        )
        moved = moved_within(db, narrowed(seen()))
        names = scope_names(db, {grant.scope for row in found.rows for grant in row.grants})
    return render_template(
        "directory/accounts.html",
        accounts=found.rows,
        total=found.total,
        moved=moved,
        wanted=wanted,
        names=names,
        ROLES=ROLES,
        may_manage=MAY["manage"].allows(signed_in()),
    )
