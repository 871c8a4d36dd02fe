"""The list of schools, and links for their liaisons."""

from uuid import UUID

from flask import Blueprint, render_template

from services.directory.accounts.commands import TO_A_SCHOOL, issue_link, liaison
from services.directory.schools.model import School
from services.directory.schools.queries import schools_within
from shared.auth import SIGNED_IN, holders
from shared.db import Transaction
from shared.web.edge import command, edge, reading, signed_in

blueprint = Blueprint("schools", __name__, url_prefix="/directory/schools", template_folder="../templates")

#: Who may hand out links: whoever holds one signs in as that school.
MAY_ISSUE_LINKS = holders("administrator")


@blueprint.get("")
@SIGNED_IN
def index() -> str:
    """The schools that the reader looks after, or belongs to."""
    asks = signed_in()
    with reading() as db:
        schools = schools_within(db, {grant.scope for grant in asks.grants})
    return render_template(
        "directory/schools.html", schools=schools, may_issue=MAY_ISSUE_LINKS.allows(asks), issued=None
    )


@blueprint.post("/<uuid:school_id>/links")
@MAY_ISSUE_LINKS
def issue(school_id: UUID) -> str:
    """A new link for the school's liaison, shown this once."""

    def work(tx: Transaction) -> tuple[str, str]:
        school = tx.load(School, school_id)
        account = liaison(tx, school_id=school.id, school_name=school.name)
        return school.name, issue_link(tx, account=account, lasts=TO_A_SCHOOL)

    name, secret = command(work)
    with reading() as db:
        schools = schools_within(db, {grant.scope for grant in signed_in().grants})
    return render_template(
        "directory/schools.html",
        schools=schools,
        may_issue=True,
        issued=(name, f"{edge().runtime.settings.base_url}/sign-in/{secret}"),
    )
