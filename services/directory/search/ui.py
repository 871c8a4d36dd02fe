"""Search: directory's own hits, and the places where the other services put theirs."""

from flask import Blueprint, render_template, request

from services.directory.groups.queries import groups_in
from services.directory.organisations.queries import organisations_listed
from services.directory.people.queries import people_listed
from services.directory.schools.queries import schools_listed
from shared.auth import SIGNED_IN
from shared.web import searching
from shared.web.edge import reading
from shared.web.scopes import scopes

blueprint = Blueprint("search", __name__, template_folder="../templates")

#: Hits of a kind that are shown.
SHOWN = 8

#: Who else is asked, each by the reader's browser and within the reader's rights.
ELSEWHERE = (
    "/scheduling/search",
    "/exchange/search",
    "/resources/items/search",
    "/resources/facilities/search",
    "/notifications/search",
)


@blueprint.get("/search")
@SIGNED_IN
def index() -> str:
    """What `?q=` is found in, as a page; for the search box as it is typed, the hits alone."""
    if request.headers.get("HX-Request"):
        return _found("directory/found.html")
    return _found("directory/search.html")


@blueprint.get("/directory/search")
@SIGNED_IN
def own() -> str:
    """The people, schools, groups and organisations that `?q=` is found in."""
    return _found("directory/hits.html")


def _found(template: str) -> str:
    words = searching.words()
    found: dict[str, object] = {}
    if words:
        where = scopes()
        with reading() as db:  # one more than is shown tells that there are more; nobody waits for a count
            found["schools"] = schools_listed(
                db, where, words=words, sort="name", limit=SHOWN + 1, count=False
            ).rows
            found["people"] = people_listed(db, where, words=words, limit=SHOWN + 1, count=False).rows
            found["organisations"] = organisations_listed(
                db, where, words=words, sort="name", limit=SHOWN + 1, count=False
            ).rows
            found["groups"], _ = groups_in(db, where, words=words)
    return render_template(template, q=words, elsewhere=ELSEWHERE, SHOWN=SHOWN, **found)
