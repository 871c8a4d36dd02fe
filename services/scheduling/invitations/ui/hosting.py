"""The host's page: whom a session or a programme invites, who has answered, who takes part and who waits."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from services.scheduling.hosting.model import may_host, scope_of
from services.scheduling.hosting.queries import regions
from services.scheduling.invitations.commands.answering import give_quota, limit_places
from services.scheduling.invitations.commands.inviting import invite, withdraw_invitation
from services.scheduling.invitations.model.subjects import Quota, Whom
from services.scheduling.invitations.policies.rights import MAY
from services.scheduling.invitations.queries import kind_of
from services.scheduling.invitations.schemas import (
    NAMES,
    InviteSchema,
    LocalLimitSchema,
    QuotaSchema,
    RefusalSchema,
)
from services.scheduling.invitations.ui.asking import ANSWERS, STATES, Page, asker, blueprint, errors_of, read
from services.scheduling.places.queries.people import groups_of, regions_of
from services.scheduling.places.queries.reading import overview
from services.scheduling.plans.model import ZONE
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.text import Sentence
from shared.web.edge import command, edge, reading, signed_in

#: What a browser's `datetime-local` reads and sends.
_LOCAL = "%Y-%m-%dT%H:%M"


@blueprint.get("/enrolments/<uuid:subject_id>")
@MAY["see"]
def filling(subject_id: UUID) -> Page:
    """Whom a session or a programme invites, who has answered, who takes part and who waits."""
    return _page(subject_id)


@blueprint.post("/enrolments/<uuid:subject_id>")
@MAY["invite"]
def limit(subject_id: UUID) -> Page | Response:
    """Say how many may come, and until when schools may answer."""
    own, seen = asker(), request.form.get("seen", type=int)
    said = {name: request.form.get(name, "") for name in ("places", "deadline")}

    def work(tx: Transaction) -> None:
        asked = LocalLimitSchema().load(said)
        limit_places(
            tx, subject_id=subject_id, kind=kind_of(tx.db, subject_id), asker=own, seen=seen, **asked
        )

    return _do(subject_id, "limit", work)


@blueprint.post("/enrolments/<uuid:subject_id>/invitations")
@MAY["invite"]
def ask(subject_id: UUID) -> Page | Response:
    """Invite schools, a region or a group."""
    own = asker()
    said: dict[str, Any] = {name: request.form.get(name, "") for name in ("scope", "places", "school_places", "note")}  # fmt: skip
    said["schools"] = request.form.getlist("schools")

    def work(tx: Transaction) -> None:
        asked = InviteSchema().load(said)
        invite(
            tx,
            subject_id=subject_id,
            kind=kind_of(tx.db, subject_id),
            whom=Whom(schools=tuple(asked["schools"]), scope=asked["scope"] or ""),
            quota=Quota(places=asked["places"], school_places=asked["school_places"]),
            note=asked["note"] or "",
            asker=own,
        )

    return _do(subject_id, "invite", work)


@blueprint.post("/enrolments/<uuid:subject_id>/invitations/<uuid:invitation_id>/quota")
@MAY["invite"]
def quota(subject_id: UUID, invitation_id: UUID) -> Page | Response:
    """Say how many may come by one invitation."""
    own = asker()
    said = {name: request.form.get(name, "") for name in ("places", "school_places")}

    def work(tx: Transaction) -> None:
        give_quota(tx, invitation_id=invitation_id, quota=Quota(**QuotaSchema().load(said)), asker=own)

    return _do(subject_id, f"quota-{invitation_id}", work)


@blueprint.post("/enrolments/<uuid:subject_id>/invitations/<uuid:invitation_id>/withdrawal")
@MAY["invite"]
def withdraw(subject_id: UUID, invitation_id: UUID) -> Page | Response:
    """Invite these schools no more."""
    own, said = asker(), {"reason": request.form.get("reason", "")}

    def work(tx: Transaction) -> None:
        withdraw_invitation(tx, invitation_id=invitation_id, asker=own, **RefusalSchema().load(said))

    return _do(subject_id, f"withdraw-{invitation_id}", work)


def _do(subject_id: UUID, what: str, work: Callable[[Transaction], object]) -> Page | Response:
    """Do it and show how it stands; where it is refused, with why, and what was typed."""
    try:
        command(work)
    except (ValidationError, Invalid) as error:
        return _page(subject_id, errors=errors_of(error), tried=what)
    except Refusal as error:
        return _page(subject_id, refused=error.sentence, tried=what)
    return redirect(url_for("invitations.filling", subject_id=subject_id), 303)


def _page(
    subject_id: UUID,
    *,
    errors: dict[str, Sentence] | None = None,
    refused: Sentence | None = None,
    tried: str = "",
) -> Page:
    with reading() as db:
        shown = overview(db, subject_id, read())
        known = regions(db) if MAY["invite"].allows(signed_in()) else []
        wider = [(f"region:{code}", name) for code, name, _ in regions_of(db)]
        groups = [(f"group:{id_}", name) for id_, name in groups_of(db)]
    own = scope_of(shown.subject.host_region)
    html = render_template(
        "scheduling/enrolment.html",
        shown=shown,
        subject=shown.subject,
        STATES=STATES,
        ANSWERS=ANSWERS,
        NAMES=NAMES,
        asked={each.school_id for each in shown.answers},
        known=[(region, not may_host([own], region.code)) for region in known],
        scopes=wider + groups,
        deadline=shown.deadline.astimezone(ZONE).strftime(_LOCAL) if shown.deadline else "",
        late=shown.deadline is not None and shown.deadline <= edge().runtime.clock(),
        may=MAY["invite"].allows(signed_in()),
        tried=tried,
        typed=request.form,
        errors=errors or {},
        refused=refused,
    )
    return (html, 422) if errors else (html, 409) if refused else html
