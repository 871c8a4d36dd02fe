"""Links of many liaisons at once, as QR slips on paper."""

from http import HTTPStatus

from flask import render_template, request

from services.directory.accounts.commands import MOST_SLIPS, TO_A_SCHOOL, links_for_liaisons
from services.directory.accounts.policies import MAY
from services.directory.accounts.queries import schools_with_passwords
from services.directory.accounts.schemas import school_in
from services.directory.accounts.ui.asking import Page, blueprint, kept
from services.directory.schools.queries import schools_within
from shared.errors import Forbidden, Invalid, NotFound, Refusal, TongxingError
from shared.web.edge import command, edge, reading, signed_in
from shared.web.qr import drawn


@blueprint.get("/directory/accounts/slips")
@MAY["manage"]
def slips() -> Page:
    """Choose the schools whose liaisons get a slip."""
    return _slips()


@blueprint.post("/directory/accounts/slips")
@MAY["manage"]
def print_slips() -> Page:
    """A sheet of QR slips to print, shown this once."""
    by, said = signed_in(), request.form.getlist("school")
    try:
        schools = [school_in(each) for each in said]
        made = command(lambda tx: links_for_liaisons(tx, by=by, school_ids=schools))
    except (Invalid, Forbidden, Refusal, NotFound) as error:
        return _slips(set(said), error)
    runtime = edge().runtime
    base = runtime.settings.base_url
    return render_template(
        "directory/slips_sheet.html",
        slips=[(slip, f"{base}/sign-in/{slip.secret}") for slip in made],
        drawn=drawn,
        until=runtime.clock() + TO_A_SCHOOL,
        address=f"{base}/sign-in".partition("://")[2],
    )


def _slips(chosen: set[str] | None = None, error: TongxingError | None = None) -> tuple[str, int]:
    with reading() as db:
        schools = schools_within(db, kept())
        settled = schools_with_passwords(db)
    if chosen is None:
        chosen = {str(school.id) for school in [s for s in schools if s.id not in settled][:MOST_SLIPS]}
    page = render_template(
        "directory/slips.html", schools=schools, chosen=chosen, error=error, most=MOST_SLIPS
    )
    return page, error.status if error else HTTPStatus.OK
