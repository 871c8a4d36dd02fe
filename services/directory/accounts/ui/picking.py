"""The offers below the fields in which somebody looks for a person or a school, as they type."""

from flask import render_template, request

from services.directory.accounts.policies import MAY
from services.directory.accounts.queries import people_offered, schools_offered
from services.directory.accounts.ui.asking import blueprint, id_in, kept
from shared.web.edge import reading


@blueprint.get("/directory/accounts/people")
@MAY["manage"]
def people() -> str:
    """The people of the reader's places that `?person_q=` means."""
    words, chosen = request.args.get("person_q", "").strip()[:64], request.args.get("person", "")
    with reading() as db:
        offers = people_offered(db, kept(), words=words, chosen=id_in(chosen))
    return render_template("directory/offers.html", name="person", offers=offers, words=words, chosen=chosen)


@blueprint.get("/directory/accounts/schools")
@MAY["manage"]
def schools() -> str:
    """The schools of the reader's places that `?school_q=` means."""
    words, chosen = request.args.get("school_q", "").strip()[:64], request.args.get("school", "")
    with reading() as db:
        offers = schools_offered(db, kept(), words=words, chosen=id_in(chosen))
    return render_template("directory/offers.html", name="school", offers=offers, words=words, chosen=chosen)
