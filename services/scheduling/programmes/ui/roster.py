"""The people of a programme."""

from collections.abc import Callable
from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.claims.model import Taken, sentence_of
from services.scheduling.programmes.commands import (
    add_trainees,
    choose_person,
    enter_in_directory,
    remove_trainee,
)
from services.scheduling.programmes.policies import MAY
from services.scheduling.programmes.queries import programme_within, roster_of
from services.scheduling.programmes.schemas import NAMES, EntrantSchema
from services.scheduling.programmes.ui.asking import Page, blueprint, errors_of, read, scopes
from services.scheduling.sessions.queries import people_called
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in


@blueprint.get("/programmes/<uuid:programme_id>/roster")
@MAY["see"]
def roster(programme_id: UUID) -> Page:
    """Who takes part."""
    return _roster(programme_id)


@blueprint.post("/programmes/<uuid:programme_id>/trainees")
@MAY["enrol"]
def enrol(programme_id: UUID) -> Page | Response:
    """Put somebody on the roster as they are written."""
    own, override = scopes(), request.form.get("override")
    said = {name: request.form.get(name, "") for name in ("name", "unit", "post", "phone")}

    def work(tx: Transaction) -> None:
        entrant = EntrantSchema().load(said)
        add_trainees(tx, programme_id=programme_id, entrants=[entrant], scopes=own, override=override)

    return _change(programme_id, work)


@blueprint.post("/programmes/<uuid:programme_id>/trainees/<uuid:trainee_id>/person")
@MAY["enrol"]
def choose(programme_id: UUID, trainee_id: UUID) -> Page | Response:
    """Say who in the directory somebody on the roster is."""
    own, person_id = scopes(), request.form.get("person_id", type=UUID)
    override = request.form.get("override")

    def work(tx: Transaction) -> None:
        choose_person(
            tx,
            programme_id=programme_id,
            trainee_id=trainee_id,
            person_id=person_id or trainee_id,  # nobody of that id: the sentence says so
            scopes=own,
            override=override,
        )

    return _change(programme_id, work)


@blueprint.post("/programmes/<uuid:programme_id>/trainees/entry")
@MAY["enrol"]
def enter(programme_id: UUID) -> Page | Response:
    """Let those whom the directory lacks become people of their school or office."""
    own = scopes()
    return _change(programme_id, lambda tx: enter_in_directory(tx, programme_id=programme_id, scopes=own))


@blueprint.post("/programmes/<uuid:programme_id>/trainees/<uuid:trainee_id>/removal")
@MAY["enrol"]
def remove(programme_id: UUID, trainee_id: UUID) -> Page | Response:
    """Take somebody off the roster."""
    own = scopes()
    return _change(
        programme_id,
        lambda tx: remove_trainee(tx, programme_id=programme_id, trainee_id=trainee_id, scopes=own),
    )


def _change(programme_id: UUID, work: Callable[[Transaction], object]) -> Page | Response:
    try:
        command(work)
    except (ValidationError, Invalid) as error:
        return _roster(programme_id, errors=errors_of(error))
    except Refusal as error:
        return _roster(programme_id, refused=error)
    return redirect(url_for("programmes.roster", programme_id=programme_id), 303)


def _roster(
    programme_id: UUID, *, errors: dict[str, Sentence] | None = None, refused: Refusal | None = None
) -> Page:
    with reading() as db:
        programme = programme_within(db, programme_id, read())
        trainees = roster_of(db, programme_id)
        unknown = {each.name for each in trainees if not each.known}
        people = people_called(db, unknown, scopes())
    html = render_template(
        "scheduling/roster.html",
        programme=programme,
        trainees=trainees,
        people=people,
        typed=request.form if errors or refused else {},
        errors=errors or {},
        refused=refused.sentence if refused else None,
        taken=refused if isinstance(refused, Taken) else None,
        sentence_of=sentence_of,
        names=NAMES,
        may={verb: rule.allows(signed_in()) for verb, rule in MAY.items()},
    )
    return (html, 422) if errors else (html, int(refused.status)) if refused else html
