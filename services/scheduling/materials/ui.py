"""The page of what a session gives out: for who plans it, and for everybody who is invited."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.hosting.model import PLANNERS, may_host
from services.scheduling.materials.commands import add_material, remove_material
from services.scheduling.materials.model import LONGEST_LINK, MOST
from services.scheduling.materials.policies import MAY
from services.scheduling.materials.queries import Asking, materials_of, session_for
from services.scheduling.materials.schemas import AddSchema
from services.scheduling.plans.model import LONGEST
from services.scheduling.sessions.queries import row_of
from shared.auth.states import person_of
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.web.edge import command, reading, signed_in
from shared.web.rendering import say
from shared.web.spoken import sentences

blueprint = Blueprint(
    "materials",
    __name__,
    url_prefix="/scheduling/sessions/<uuid:session_id>/materials",
    template_folder="../templates",
)

Page = str | tuple[str, int]


@blueprint.get("")
@MAY["see"]
def index(session_id: UUID) -> Page:
    """What there is to read."""
    return _shown(session_id)


@blueprint.post("")
@MAY["add"]
def add(session_id: UUID) -> Page | Response:
    """Give something out."""
    own = signed_in().scopes(*PLANNERS)

    def work(tx: Transaction) -> None:
        add_material(tx, session_id=session_id, scopes=own, **AddSchema().load(request.form.to_dict()))

    return _do(session_id, work)


@blueprint.post("/<uuid:material_id>/removal")
@MAY["remove"]
def remove(session_id: UUID, material_id: UUID) -> Page | Response:
    """Give it out no more."""
    own = signed_in().scopes(*PLANNERS)
    return _do(
        session_id,
        lambda tx: remove_material(tx, session_id=session_id, material_id=material_id, scopes=own),
    )


def _do(session_id: UUID, work: Callable[[Transaction], None]) -> Page | Response:
    try:
        command(work)
    except ValidationError as error:
        return _shown(
            session_id, errors={name: say(said) for name, said in sentences(error).items()}, status=422
        )
    except (Invalid, Refusal) as error:
        return _shown(session_id, errors={error.field or "": say(error.sentence)}, status=int(error.status))
    return redirect(url_for("materials.index", session_id=session_id), 303)


def _shown(session_id: UUID, *, errors: dict[str, str] | None = None, status: int = 200) -> Page:
    asks = signed_in()
    with reading() as db:
        person = person_of(db, asks.account)
        who = Asking(scopes=asks.reads(*PLANNERS), schools=asks.schools, person_id=person)
        session = session_for(db, session_id, who)
        html = render_template(
            "scheduling/materials.html",
            session=row_of(session),
            materials=materials_of(db, session_id),
            plans=may_host(asks.reads(*PLANNERS), session.host_region),
            may=MAY["add"].allows(asks) and may_host(asks.scopes(*PLANNERS), session.host_region),
            typed=request.form if errors else {},
            errors=errors or {},
            LONGEST=LONGEST,
            LONGEST_LINK=LONGEST_LINK,
            MOST=MOST,
        )
    return (html, status) if errors else html
