"""Schools as JSON."""

from flask import request
from flask_smorest import Blueprint

from services.directory.schools.queries import SchoolRow, schools_within
from services.directory.schools.schemas import SchoolSchema
from shared.auth import SIGNED_IN
from shared.web.edge import reading, signed_in

blueprint = Blueprint("schools_api", __name__, url_prefix="/directory/api/v1/schools", description="Schools")


@blueprint.get("")
@SIGNED_IN
@blueprint.response(200, SchoolSchema(many=True))
def index() -> list[SchoolRow]:
    """The schools that the reader looks after, or belongs to; with `?stage=junior` those that teach it."""
    with reading() as db:
        stage = request.args.get("stage", "")
        return schools_within(db, {grant.scope for grant in signed_in().grants}, stage=stage)
