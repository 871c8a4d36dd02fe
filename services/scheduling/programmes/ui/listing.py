"""The list of programmes, and the form of one."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.hosting.queries import hosts_offered, regions
from services.scheduling.plans.model import ZONE
from services.scheduling.programmes.commands import (
    draft_programme,
    revise_programme,
)
from services.scheduling.programmes.model import PROGRAMME_KINDS
from services.scheduling.programmes.policies import MAY
from services.scheduling.programmes.queries import programme_within, programmes_within
from services.scheduling.programmes.schemas import NAMES, FormSchema
from services.scheduling.programmes.ui.asking import Page, blueprint, errors_of, read, scopes, seen
from shared.errors import Forbidden, Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.scopes import narrowed


@blueprint.get("/programmes")
@MAY["see"]
def index() -> str:
    """The programmes that the reader's regions host."""
    with reading() as db:
        programmes = programmes_within(db, narrowed(read()))
    return render_template(
        "scheduling/programmes.html",
        programmes=programmes,
        KINDS=PROGRAMME_KINDS,
        may_draft=MAY["draft"].allows(signed_in()),
        ZONE=ZONE,
    )


@blueprint.get("/programmes/new")
@MAY["draft"]
def new() -> Page:
    """The form of a new programme."""
    return _form({"kind": "training_class"})


@blueprint.post("/programmes")
@MAY["draft"]
def draft() -> Page | Response:
    """Keep a programme and show it."""
    own, id_ = scopes(), uuid7()
    try:
        asked = FormSchema().load(request.form.to_dict())
        command(
            lambda tx: draft_programme(
                tx, id_=id_, outline=asked.outline, host_region=asked.host_region, scopes=own
            )
        )
    except (ValidationError, Invalid, Forbidden) as error:
        return _form(request.form.to_dict(), errors=errors_of(error))
    return redirect(url_for("programmes.page", programme_id=id_), 303)


@blueprint.get("/programmes/<uuid:programme_id>/revision")
@MAY["revise"]
def edit(programme_id: UUID) -> Page:
    """The form of a programme that is there."""
    with reading() as db:
        programme = programme_within(db, programme_id, scopes())
    typed = {
        "title": programme.title,
        "kind": programme.kind,
        "outcome": programme.outcome,
        "hours": str(programme.hours or ""),
    }
    return _form(typed, programme_id=programme_id)


@blueprint.post("/programmes/<uuid:programme_id>/revision")
@MAY["revise"]
def revise(programme_id: UUID) -> Page | Response:
    """Outline it differently and show it."""
    own, version = scopes(), seen()
    try:
        outline = FormSchema().load(request.form.to_dict()).outline
        command(
            lambda tx: revise_programme(
                tx, programme_id=programme_id, outline=outline, scopes=own, seen=version
            )
        )
    except (ValidationError, Invalid) as error:
        return _form(request.form.to_dict(), programme_id=programme_id, errors=errors_of(error))
    except Refusal as error:
        return _form(request.form.to_dict(), programme_id=programme_id, refused=error)
    return redirect(url_for("programmes.page", programme_id=programme_id), 303)


def _form(
    typed: dict[str, str],
    *,
    programme_id: UUID | None = None,
    errors: dict[str, Sentence] | None = None,
    refused: Refusal | None = None,
) -> Page:
    own = scopes()
    with reading() as db:
        programme = programme_within(db, programme_id, own) if programme_id else None
        hosts = hosts_offered(own, regions(db))
    html = render_template(
        "scheduling/programme_form.html",
        programme=programme,
        typed=typed,
        hosts=hosts,
        KINDS=PROGRAMME_KINDS,
        names=NAMES,
        errors=errors or {},
        refused=refused.sentence if refused else None,
    )
    return (html, 422) if errors else (html, int(refused.status)) if refused else html
