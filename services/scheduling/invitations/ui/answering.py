"""The pages of the region that is invited: what it is asked, and its answer."""

from collections.abc import Callable
from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.hosting.model import may_host
from services.scheduling.hosting.queries import host_named
from services.scheduling.invitations.commands.answering import agree as agree_to
from services.scheduling.invitations.commands.answering import refuse as refuse_to
from services.scheduling.invitations.policies.rights import MAY
from services.scheduling.invitations.schemas import RefusalSchema
from services.scheduling.invitations.ui.asking import ANSWERS, STATES, Page, asker, blueprint, errors_of, read
from services.scheduling.kinds.queries import kinds
from services.scheduling.places.queries.reading import invitation_seen, invitations_received
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.text import Sentence
from shared.web.edge import command, reading
from shared.web.lists import listing
from shared.web.rendering import say
from shared.web.scopes import narrowed


@blueprint.get("/invitations")
@MAY["see"]
def index() -> str:
    """The invitations across borders that the reader's regions got, or sent; those that wait come first."""
    wanted = listing(sorts=("opened",), filters=("way", "state"), default="-opened")
    sent = wanted.get("way") == "sent"
    with reading() as db:
        rows, subjects, total = invitations_received(
            db,
            narrowed(read()),
            state=wanted.get("state") if wanted.get("state") in STATES else "",
            sent=sent,
            limit=wanted.size,
            offset=wanted.offset,
        )
        hosts = {code: host_named(db, code) for code in {row.host_region for row in rows}}
    return render_template(
        "scheduling/invitations.html",
        wanted=wanted,
        invitations=rows,
        subjects=subjects,
        total=total,
        sent=sent,
        STATES=STATES,
        options=[(state, say(word)) for state, (_, word) in STATES.items()],
        hosts=hosts,
    )


@blueprint.get("/invitations/<uuid:invitation_id>")
@MAY["see"]
def page(invitation_id: UUID) -> Page:
    """What a region is asked, by whom, for which schools; and what became of it."""
    return _page(invitation_id)


@blueprint.post("/invitations/<uuid:invitation_id>/agreement")
@MAY["answer"]
def agree(invitation_id: UUID) -> Page | Response:
    """Agree: the schools are told now."""
    own = asker()
    return _do(invitation_id, lambda tx: agree_to(tx, invitation_id=invitation_id, asker=own))


@blueprint.post("/invitations/<uuid:invitation_id>/refusal")
@MAY["answer"]
def refuse(invitation_id: UUID) -> Page | Response:
    """Refuse, with the reason."""
    own, said = asker(), {"reason": request.form.get("reason", "")}

    def work(tx: Transaction) -> None:
        refuse_to(tx, invitation_id=invitation_id, asker=own, **RefusalSchema().load(said))

    return _do(invitation_id, work)


def _do(invitation_id: UUID, work: Callable[[Transaction], object]) -> Page | Response:
    try:
        command(work)
    except (ValidationError, Invalid) as error:
        return _page(invitation_id, errors=errors_of(error))
    except Refusal as error:
        return _page(invitation_id, refused=error.sentence)
    return redirect(url_for("invitations.page", invitation_id=invitation_id), 303)


def _page(
    invitation_id: UUID, *, errors: dict[str, Sentence] | None = None, refused: Sentence | None = None
) -> Page:
    with reading() as db:
        row, subject, answers, deadline = invitation_seen(db, invitation_id, read())
        session = db.get(Session, subject.id) if subject.kind == "session" else None
        host = host_named(db, row.host_region)
        known = kinds(db)
    html = render_template(
        "scheduling/invitation.html",
        row=row,
        subject=subject,
        session=session,
        kind=known.get(session.kind) if session else None,
        answers=answers,
        deadline=deadline,
        host=host,
        STATES=STATES,
        ANSWERS=ANSWERS,
        may=row.state == "asked" and asker().coordinates(row.region_code),
        hosts=may_host(read(), row.host_region),
        typed=request.form,
        errors=errors or {},
        refused=refused,
    )
    return (html, 422) if errors else (html, 409) if refused else html
