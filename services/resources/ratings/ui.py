"""The page of what readers think of an item."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.resources.items.queries.listing import makers_of, versions_of
from services.resources.items.queries.seeing import item_for, reader_of
from services.resources.ratings.commands import rate, take_back
from services.resources.ratings.queries import own_rating, ratings_of, sums_by_version
from services.resources.ratings.schemas import RatingSchema
from shared.auth import SIGNED_IN, holders
from shared.db import Transaction
from shared.errors import Invalid, Refusal, TongxingError
from shared.roster import name_of
from shared.text import Sentence
from shared.web.edge import command, principal, reading, signed_in
from shared.web.spoken import sentences

blueprint = Blueprint("ratings", __name__, url_prefix="/resources/items", template_folder="../templates")

_Page = str | tuple[str, int]
#: Whoever teaches or looks after those who do. Auditors read.
_RATERS = holders("administrator", "coordinator", "liaison", "teacher")


@blueprint.get("/<uuid:item_id>/ratings")
@SIGNED_IN
def page(item_id: UUID) -> _Page:
    """What readers said, by version, and the form to say something."""
    return _shown(item_id)


@blueprint.post("/<uuid:item_id>/ratings")
@_RATERS
def say(item_id: UUID) -> _Page | Response:
    """Say what one thinks of it."""
    asks = signed_in()

    def work(tx: Transaction) -> None:
        said = RatingSchema().load({name: value for name, value in request.form.items() if value})
        rate(tx, item_id=item_id, reader=reader_of(tx.db, asks), **said)

    try:
        command(work)
    except (ValidationError, Invalid, Refusal) as error:
        return _shown(item_id, error=error)
    return redirect(url_for("ratings.page", item_id=item_id), 303)


@blueprint.post("/<uuid:item_id>/ratings/removal")
@_RATERS
def unsay(item_id: UUID) -> Response:
    """Take it back."""
    asks = signed_in()
    command(lambda tx: take_back(tx, item_id=item_id, reader=reader_of(tx.db, asks)))
    return redirect(url_for("ratings.page", item_id=item_id), 303)


def _shown(item_id: UUID, *, error: Exception | None = None) -> _Page:
    told: dict[str, Sentence] = {}
    if isinstance(error, ValidationError):
        told = sentences(error)
    elif isinstance(error, TongxingError):
        told = {error.field or "stars": error.sentence}
    with reading() as db:
        reader = reader_of(db, signed_in())
        item = item_for(db, item_id, reader)
        makers = makers_of(db, [item_id])[item_id]
        said = ratings_of(db, item_id)
        own = own_rating(db, item.current_id, signed_in().actor)
        html = render_template(
            "resources/item_ratings.html",
            item=item,
            said=said,
            own=own,
            sums=sums_by_version(db, [each.id for each in versions_of(db, item_id)]),
            schools={
                one: name_of(db, f"school:{one}") for one in {each.rating.school_id for each in said} if one
            },
            may_rate=_RATERS.allows(principal())
            and item.current_id is not None
            and item.state != "retired"
            and not reader.schools & {school for school, _ in makers},
            typed=request.form,
            errors=told,
        )
    return html if error is None else (html, int(getattr(error, "status", 422)))
