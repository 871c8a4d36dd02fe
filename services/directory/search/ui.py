"""Search: directory's own hits, and the places where the other services put theirs."""

from flask import Blueprint, render_template, request

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
ELSEWHERE = ("/scheduling/search", "/notifications/search")


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
    """The people and schools that `?q=` is found in."""
    return _found("directory/hits.html")


def _found(template: str) -> str:
    words = searching.words()
    people = schools = None
    if words:
        with reading() as db:
            schools = schools_listed(db, scopes(), words=words, sort="name", limit=SHOWN)
            people = people_listed(db, scopes(), words=words, limit=SHOWN)
    return render_template(template, q=words, people=people, schools=schools, elsewhere=ELSEWHERE)
