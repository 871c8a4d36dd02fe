"""Materials as JSON."""

from collections.abc import Sequence
from uuid import UUID

from flask_smorest import Blueprint

from services.scheduling.hosting.model import PLANNERS
from services.scheduling.materials.commands import add_material, remove_material
from services.scheduling.materials.model import Material
from services.scheduling.materials.policies import MAY
from services.scheduling.materials.queries import Asking, materials_of, session_for
from services.scheduling.materials.schemas import AddSchema, MaterialSchema
from shared.auth.states import person_of
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "materials_api",
    __name__,
    url_prefix="/scheduling/api/v1/sessions/<uuid:session_id>/materials",
    description="What a session gives out",
)


@blueprint.get("")
@MAY["see"]
@blueprint.response(200, MaterialSchema(many=True))
def index(session_id: UUID) -> Sequence[Material]:
    """What the session gives out, for its host, the schools invited and who takes part."""
    asks = signed_in()
    with reading() as db:
        person = person_of(db, asks.account)
        who = Asking(scopes=asks.reads(*PLANNERS), schools=asks.schools, person_id=person)
        session_for(db, session_id, who)
        return materials_of(db, session_id)


@blueprint.post("")
@MAY["add"]
@blueprint.arguments(AddSchema)
@blueprint.response(201, MaterialSchema)
def add(asked: dict[str, str], session_id: UUID) -> Material:
    """Give it out with the session."""
    own = signed_in().scopes(*PLANNERS)
    return command(lambda tx: add_material(tx, session_id=session_id, scopes=own, **asked))


@blueprint.delete("/<uuid:material_id>")
@MAY["remove"]
@blueprint.response(204)
def remove(session_id: UUID, material_id: UUID) -> None:
    """Give it out no more."""
    own = signed_in().scopes(*PLANNERS)
    command(lambda tx: remove_material(tx, session_id=session_id, material_id=material_id, scopes=own))
