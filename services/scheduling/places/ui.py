"""The school's pages: what it is asked, whom it names, and where its people stand in the queue."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.claims.model import Taken, sentence_of
from services.scheduling.hosting.model import PLANNERS
from services.scheduling.hosting.queries import host_named
from services.scheduling.invitations.model.subjects import Asker
from services.scheduling.kinds.queries import kinds
from services.scheduling.outcomes.queries import outcomes_waiting
from services.scheduling.places.commands.naming import decline as decline_it
from services.scheduling.places.commands.naming import name_people, withdraw_place
from services.scheduling.places.policies.rights import MAY
from services.scheduling.places.queries.people import staff_of
from services.scheduling.places.queries.reading import answer_seen, asked_of
from services.scheduling.places.schemas import DecliningSchema, NamingSchema
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in
from shared.web.spoken import sentences

blueprint = Blueprint("places", __name__, url_prefix="/scheduling", template_folder="../templates")

Page = str | tuple[str, int]

#: What a school has said, of itself.
OWN = {
    "waiting": ("due", Sentence(zh="等你校报名", en="Name your people")),
    "named": ("done", Sentence(zh="已报名", en="People named")),
    "declined": ("plain", Sentence(zh="已回复不参加", en="Declined")),
    "out": ("plain", Sentence(zh="不再邀请", en="No longer invited")),
}


@blueprint.get("/answers")
@MAY["list"]
def index() -> str:
    """What the reader's schools are asked to take part in: what is to come first, what is over last."""
    with reading() as db:
        rows, subjects, deadlines = asked_of(db, signed_in().schools)
        outcomes = outcomes_waiting(db, signed_in().schools)
    now = edge().runtime.clock()
    return render_template(
        "scheduling/answers.html",
        ahead=[row for row in rows if subjects[row.enrolment_id].ends_at > now],
        over=[row for row in reversed(rows) if subjects[row.enrolment_id].ends_at <= now],
        several=len(signed_in().schools) > 1,
        outcomes=outcomes,
        subjects=subjects,
        deadlines=deadlines,
        now=now,
        OWN=OWN,
    )


@blueprint.get("/answers/<uuid:answer_id>")
@MAY["see"]
def page(answer_id: UUID) -> Page:
    """What a school is asked, whom it has named and where they stand."""
    return _page(answer_id)


@blueprint.post("/answers/<uuid:answer_id>/people")
@MAY["take_part"]
def name(answer_id: UUID) -> Page | Response:
    """Name people; for whom there is no place, wait in order."""
    own = _asker()
    said = {"people": request.form.getlist("people"), "override": request.form.get("override") or None}

    def work(tx: Transaction) -> None:
        asked = NamingSchema().load(said)
        name_people(
            tx, answer_id=answer_id, person_ids=asked["people"], override=asked["override"], asker=own
        )

    return _do(answer_id, work)


@blueprint.post("/answers/<uuid:answer_id>/refusal")
@MAY["take_part"]
def decline(answer_id: UUID) -> Page | Response:
    """Say that nobody comes, and why."""
    own, said = _asker(), {"reason": request.form.get("reason", "")}

    def work(tx: Transaction) -> None:
        decline_it(tx, answer_id=answer_id, asker=own, **DecliningSchema().load(said))

    return _do(answer_id, work)


@blueprint.post("/answers/<uuid:answer_id>/people/<uuid:place_id>/withdrawal")
@MAY["take_part"]
def withdraw(answer_id: UUID, place_id: UUID) -> Page | Response:
    """Take somebody back; the next in order come in by themselves."""
    own = _asker()
    return _do(answer_id, lambda tx: withdraw_place(tx, place_id=place_id, asker=own))


def _do(answer_id: UUID, work: Callable[[Transaction], object]) -> Page | Response:
    try:
        command(work)
    except ValidationError as error:
        return _page(answer_id, errors=sentences(error))
    except Invalid as error:
        return _page(answer_id, errors={error.field or "": error.sentence})
    except Refusal as error:
        return _page(answer_id, refused=error)
    if request.form.get("to") == "host":
        with reading() as db:
            row, *_ = answer_seen(db, answer_id, _asker(reading_too=True))
        return redirect(url_for("invitations.filling", subject_id=row.enrolment_id), 303)
    return redirect(url_for("places.page", answer_id=answer_id), 303)


def _page(
    answer_id: UUID, *, errors: dict[str, Sentence] | None = None, refused: Refusal | None = None
) -> Page:
    now, doing = edge().runtime.clock(), _asker()
    with reading() as db:
        row, invitation, subject, deadline, people = answer_seen(db, answer_id, _asker(reading_too=True))
        session = db.get(Session, subject.id) if subject.kind == "session" else None
        host = host_named(db, invitation.host_region)
        theirs = row.school_id in doing.schools
        hosts = doing.hosts(invitation.host_region)
        may = theirs or hosts or doing.coordinates(row.region_code or invitation.region_code)
        known = kinds(db)
        staff = staff_of(db, row.school_id) if may else []
    there = {each.person_id for each in people}
    html = render_template(
        "scheduling/answer.html",
        row=row,
        invitation=invitation,
        subject=subject,
        session=session,
        kind=known.get(session.kind) if session else None,
        host=host,
        hosts=hosts,
        people=people,
        staff=[each for each in staff if each[0] not in there],
        chosen=set(request.form.getlist("people")),
        deadline=deadline,
        late=deadline is not None and deadline <= now,
        begun=subject.starts_at <= now,
        may=may and subject.why_closed is None and invitation.state == "open",
        own=theirs,
        OWN=OWN,
        taken=refused if isinstance(refused, Taken) else None,
        sentence_of=sentence_of,
        typed=request.form,
        errors=errors or {},
        refused=refused.sentence if refused else None,
    )
    return (html, 422) if errors else (html, 409) if refused else html


def _asker(*, reading_too: bool = False) -> Asker:
    asks = signed_in()
    return Asker(
        scopes=asks.reads(*PLANNERS) if reading_too else asks.scopes(*PLANNERS), schools=asks.schools
    )
