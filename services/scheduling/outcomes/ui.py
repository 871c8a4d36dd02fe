"""Pages: what a roster has handed in, what one hands in, and what is asked of me."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.hosting.model import PLANNERS, may_host
from services.scheduling.outcomes.commands import accept, hand_back, hand_in
from services.scheduling.outcomes.model import LONGEST_LINK, LONGEST_REASON, LONGEST_TEXT
from services.scheduling.outcomes.policies import MAY
from services.scheduling.outcomes.queries import (
    Asking,
    count_by_state,
    outcome_of,
    outcomes_by,
    outcomes_of,
)
from services.scheduling.outcomes.schemas import AcceptanceSchema, HandInSchema, ReturnSchema
from services.scheduling.programmes.model import Programme
from services.scheduling.programmes.queries import no_such_programme
from shared.auth.states import person_of
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.text import Sentence
from shared.web.edge import command, reading, signed_in
from shared.web.spoken import sentences

blueprint = Blueprint("outcomes", __name__, url_prefix="/scheduling", template_folder="../templates")

Page = str | tuple[str, int]

#: States as chips: colour and word.
STATES = {
    "missing": ("open", Sentence(zh="未提交", en="Not handed in")),
    "handed_in": ("waiting", Sentence(zh="待验收", en="To be judged")),
    "returned": ("failed", Sentence(zh="退回修改", en="Handed back")),
    "accepted": ("done", Sentence(zh="已通过", en="Accepted")),
}


@blueprint.get("/outcomes")
@MAY["hand_in"]
def mine() -> str:
    """What is asked of the reader, in all programmes."""
    with reading() as db:
        person = person_of(db, signed_in().account)
        rows = outcomes_by(db, person) if person else []
    return render_template(
        "scheduling/outcomes_mine.html", rows=rows, STATES=STATES, known=person is not None
    )


@blueprint.get("/programmes/<uuid:programme_id>/outcomes")
@MAY["see"]
def index(programme_id: UUID) -> Page:
    """What the roster has handed in."""
    return _index(programme_id)


@blueprint.post("/programmes/<uuid:programme_id>/outcomes/acceptance")
@MAY["judge"]
def acceptance(programme_id: UUID) -> Page | Response:
    """Accept what the chosen ones have handed in."""
    own = signed_in().scopes(*PLANNERS)

    def work(tx: Transaction) -> None:
        chosen = AcceptanceSchema().load({"trainees": request.form.getlist("trainees")})["trainees"]
        accept(tx, programme_id=programme_id, trainees=chosen, scopes=own)

    if (refused := _refused(work)) is not None:
        return _index(programme_id, refused=refused)
    return redirect(url_for("outcomes.index", programme_id=programme_id), 303)


@blueprint.get("/programmes/<uuid:programme_id>/outcomes/<uuid:trainee_id>")
@MAY["hand_in"]
def page(programme_id: UUID, trainee_id: UUID) -> Page:
    """What somebody has handed in, and the form to do so."""
    return _page(programme_id, trainee_id)


@blueprint.post("/programmes/<uuid:programme_id>/outcomes/<uuid:trainee_id>")
@MAY["hand_in"]
def give(programme_id: UUID, trainee_id: UUID) -> Page | Response:
    """Hand it in."""
    asks = _asking()

    def work(tx: Transaction) -> None:
        said = HandInSchema().load(request.form.to_dict())
        hand_in(tx, programme_id=programme_id, trainee_id=trainee_id, asks=asks, **said)

    return _do(programme_id, trainee_id, work)


@blueprint.post("/programmes/<uuid:programme_id>/outcomes/<uuid:trainee_id>/return")
@MAY["judge"]
def giving_back(programme_id: UUID, trainee_id: UUID) -> Page | Response:
    """Hand it back with what is to be improved."""
    own = signed_in().scopes(*PLANNERS)

    def work(tx: Transaction) -> None:
        reason = ReturnSchema().load(request.form.to_dict())["reason"]
        hand_back(tx, programme_id=programme_id, trainee_id=trainee_id, reason=reason, scopes=own)

    return _do(programme_id, trainee_id, work)


def _do(programme_id: UUID, trainee_id: UUID, work: Callable[[Transaction], None]) -> Page | Response:
    if (refused := _refused(work)) is not None:
        return _page(programme_id, trainee_id, refused=refused)
    return redirect(url_for("outcomes.page", programme_id=programme_id, trainee_id=trainee_id), 303)


def _refused(work: Callable[[Transaction], None]) -> tuple[dict[str, Sentence], int] | None:
    """Do it; what stood against it by field (an empty one for the whole), and the status, if anything did."""
    try:
        command(work)
    except ValidationError as error:
        return sentences(error), 422
    except (Invalid, Refusal) as error:
        return {error.field or "": error.sentence}, int(error.status)
    return None


def _index(programme_id: UUID, *, refused: tuple[dict[str, Sentence], int] | None = None) -> Page:
    asks, reader = _asking(reading_too=True), signed_in()
    with reading() as db:
        rows = outcomes_of(db, programme_id, asks)
        programme = db.get(Programme, programme_id)
    if programme is None:
        raise no_such_programme()
    html = render_template(
        "scheduling/outcomes.html",
        programme=programme,
        rows=rows,
        counts=count_by_state(rows),
        STATES=STATES,
        hosts=may_host(asks.scopes, programme.host_region),
        may_judge=may_host(reader.scopes(*PLANNERS), programme.host_region),
        errors=refused[0] if refused else {},
        chosen=set(request.form.getlist("trainees")),
    )
    return (html, refused[1]) if refused else html


def _page(
    programme_id: UUID, trainee_id: UUID, *, refused: tuple[dict[str, Sentence], int] | None = None
) -> Page:
    asks, reader = _asking(reading_too=True), signed_in()
    with reading() as db:
        row = outcome_of(db, programme_id, trainee_id, asks)
        programme = db.get(Programme, programme_id)
    if programme is None:
        raise no_such_programme()
    own = asks.person_id is not None and row.person_id == asks.person_id
    judges = may_host(reader.scopes(*PLANNERS), programme.host_region)
    html = render_template(
        "scheduling/outcome.html",
        programme=programme,
        row=row,
        STATES=STATES,
        own=own,
        hosts=may_host(asks.scopes, programme.host_region),
        listed=MAY["see"].allows(reader) and (not own or judges or row.school_id in asks.schools),
        may_judge=judges,
        may_hand_in=bool(programme.outcome)
        and row.state != "accepted"
        and (judges or own or row.school_id in asks.schools),
        typed=request.form,
        errors=refused[0] if refused else {},
        LONGEST={"text": LONGEST_TEXT, "link": LONGEST_LINK, "reason": LONGEST_REASON},
    )
    return (html, refused[1]) if refused else html


def _asking(*, reading_too: bool = False) -> Asking:
    asks = signed_in()
    with reading() as db:
        person = person_of(db, asks.account)
    scopes = asks.reads(*PLANNERS) if reading_too else asks.scopes(*PLANNERS)
    return Asking(scopes=scopes, schools=asks.schools, person_id=person)
