"""The rooms of a session: a card on its page, and a page of its own with what was asked and the ways out."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.facilities.commands import (
    ask_for_facility,
    choose_instead,
    confirm_facility,
    give_back_facility,
)
from services.scheduling.facilities.policies import BORROW
from services.scheduling.facilities.queries import choices, requests_of, schools_of
from services.scheduling.facilities.schemas import AskingSchema, ChoosingSchema
from services.scheduling.hosting.model import PLANNERS, may_host
from services.scheduling.sessions.queries import session_within
from shared.auth import readers
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.ids import uuid7
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.spoken import sentences

blueprint = Blueprint(
    "facilities",
    __name__,
    url_prefix="/scheduling/sessions/<uuid:session_id>/facilities",
    template_folder="../templates",
)

_SEE = readers(*PLANNERS)
_Page = str | tuple[str, int]


@blueprint.get("")
@_SEE
def index(session_id: UUID) -> _Page:
    """What the session has asked for, and what it may ask for."""
    return _shown(session_id)


@blueprint.post("")
@BORROW
def ask(session_id: UUID) -> _Page | Response:
    """Ask for a facility."""

    def work(tx: Transaction) -> None:
        said = AskingSchema().load({name: value for name, value in request.form.items() if value})
        ask_for_facility(tx, id_=uuid7(), session_id=session_id, scopes=signed_in().scopes(*PLANNERS), **said)

    return _do(session_id, work)


@blueprint.post("/<uuid:request_id>/choice")
@BORROW
def choose(session_id: UUID, request_id: UUID) -> _Page | Response:
    """Ask anew, for this facility or another."""

    def work(tx: Transaction) -> None:
        said = ChoosingSchema().load(request.form.to_dict())
        choose_instead(tx, request_id=request_id, scopes=signed_in().scopes(*PLANNERS), **said)

    return _do(session_id, work)


@blueprint.post("/<uuid:request_id>/confirmation")
@BORROW
def confirm(session_id: UUID, request_id: UUID) -> _Page | Response:
    """Take what is held."""
    own = signed_in().scopes(*PLANNERS)
    return _do(session_id, lambda tx: confirm_facility(tx, request_id=request_id, scopes=own))


@blueprint.post("/<uuid:request_id>/return")
@BORROW
def give_back(session_id: UUID, request_id: UUID) -> _Page | Response:
    """It is not needed any more."""
    own = signed_in().scopes(*PLANNERS)
    return _do(session_id, lambda tx: give_back_facility(tx, request_id=request_id, scopes=own))


def _do(session_id: UUID, work: Callable[[Transaction], object]) -> _Page | Response:
    try:
        command(work)
    except ValidationError as error:
        return _shown(session_id, errors=sentences(error))
    except Invalid as error:
        return _shown(session_id, errors={error.field or "": error.sentence})
    except Refusal as error:
        return _shown(session_id, refused=error.sentence)
    return redirect(url_for("facilities.index", session_id=session_id), 303)


def _shown(
    session_id: UUID, *, errors: dict[str, Sentence] | None = None, refused: Sentence | None = None
) -> _Page:
    asks, now = signed_in(), edge().runtime.clock()
    with reading() as db:
        session = session_within(db, session_id, asks.reads(*PLANNERS))
        requests = requests_of(db, session_id)
        offered = choices(db, host_region=session.host_region, invited=session.invited_schools)
        schools = schools_of(db, session)
    ahead = [(number, each) for number, each in enumerate(session.occurrences) if each.starts_at > now]
    html = render_template(
        "scheduling/facilities.html",
        session=session,
        requests=requests,
        offered=offered,
        schools=schools,
        waiting=any(each.state in {"asked", "confirming"} for each in requests),
        known={each.id for each in offered},
        ahead=ahead,
        may=may_host(asks.scopes(*PLANNERS), session.host_region) and session.state in {"draft", "released"},
        typed=request.form,
        errors=errors or {},
        refused=refused,
    )
    return (html, 422) if errors else (html, 409) if refused else html
