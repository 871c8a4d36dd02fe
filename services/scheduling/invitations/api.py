"""Invitations as JSON."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from services.scheduling.hosting.model import PLANNERS
from services.scheduling.invitations.commands.answering import agree, give_quota, limit_places, refuse
from services.scheduling.invitations.commands.inviting import invite, withdraw_invitation
from services.scheduling.invitations.model.subjects import Asker, Quota, Whom
from services.scheduling.invitations.policies.rights import MAY
from services.scheduling.invitations.queries import kind_of
from services.scheduling.invitations.schemas import (
    InvitationSchema,
    InviteSchema,
    LimitSchema,
    OverviewSchema,
    QuotaSchema,
    RefusalSchema,
)
from services.scheduling.places.queries.reading import invitation_seen, invitations_received, overview
from services.scheduling.places.queries.rows import InvitationRow, Overview
from shared.db import Transaction
from shared.web.edge import command, reading, signed_in

blueprint = Blueprint(
    "invitations_api",
    __name__,
    url_prefix="/scheduling/api/v1",
    description="Who is invited to take part, and who agrees to it",
)

#: Invitations in one answer, the latest first.
_MOST = 500


@blueprint.get("/enrolments/<uuid:subject_id>")
@MAY["see"]
@blueprint.response(200, OverviewSchema)
def filling(subject_id: UUID) -> Overview:
    """How far a session or a programme is filled."""
    with reading() as db:
        return overview(db, subject_id, _read())


@blueprint.put("/enrolments/<uuid:subject_id>")
@MAY["invite"]
@blueprint.arguments(LimitSchema)
@blueprint.response(200, OverviewSchema)
def limit(asked: dict[str, Any], subject_id: UUID) -> Overview:
    """Say how many may take part in all, and until when schools may answer; who waited comes in where there is room."""
    own = _asker()

    def work(tx: Transaction) -> None:
        limit_places(tx, subject_id=subject_id, kind=kind_of(tx.db, subject_id), asker=own, **asked)

    command(work)
    return filling_of(subject_id)


@blueprint.post("/enrolments/<uuid:subject_id>/invitations")
@MAY["invite"]
@blueprint.arguments(InviteSchema)
@blueprint.response(201, OverviewSchema)
def ask(asked: dict[str, Any], subject_id: UUID) -> Overview:
    """Invite schools, a region or a group; across a border its coordinators are asked first."""
    own = _asker()

    def work(tx: Transaction) -> None:
        invite(
            tx,
            subject_id=subject_id,
            kind=kind_of(tx.db, subject_id),
            whom=Whom(schools=tuple(asked["schools"]), scope=asked["scope"] or ""),
            quota=Quota(places=asked["places"], school_places=asked["school_places"]),
            note=asked["note"] or "",
            asker=own,
        )

    command(work)
    return filling_of(subject_id)


@blueprint.get("/invitations")
@MAY["see"]
@blueprint.response(200, InvitationSchema(many=True))
def index() -> list[InvitationRow]:
    """The invitations across borders that the reader's regions got; those that wait come first."""
    with reading() as db:
        rows, _, _ = invitations_received(db, _read(), limit=_MOST, offset=0)
    return rows


@blueprint.get("/invitations/<uuid:invitation_id>")
@MAY["see"]
@blueprint.response(200, InvitationSchema)
def one(invitation_id: UUID) -> InvitationRow:
    """One invitation, for its host or the region that is invited."""
    return shown(invitation_id)


@blueprint.post("/invitations/<uuid:invitation_id>/agreement")
@MAY["answer"]
@blueprint.response(200, InvitationSchema)
def agree_to(invitation_id: UUID) -> InvitationRow:
    """Agree for the region that is invited: its schools are told."""
    own = _asker()

    def work(tx: Transaction) -> None:
        agree(tx, invitation_id=invitation_id, asker=own)

    command(work)
    return shown(invitation_id)


@blueprint.post("/invitations/<uuid:invitation_id>/refusal")
@MAY["answer"]
@blueprint.arguments(RefusalSchema)
@blueprint.response(200, InvitationSchema)
def refuse_to(asked: dict[str, str], invitation_id: UUID) -> InvitationRow:
    """Refuse for the region that is invited, with the reason."""
    own = _asker()

    def work(tx: Transaction) -> None:
        refuse(tx, invitation_id=invitation_id, asker=own, **asked)

    command(work)
    return shown(invitation_id)


@blueprint.put("/invitations/<uuid:invitation_id>/quota")
@MAY["invite"]
@blueprint.arguments(QuotaSchema)
@blueprint.response(200, InvitationSchema)
def quota(asked: dict[str, int | None], invitation_id: UUID) -> InvitationRow:
    """Say how many may come by it, and of each of its schools."""
    own = _asker()

    def work(tx: Transaction) -> None:
        give_quota(tx, invitation_id=invitation_id, quota=Quota(**asked), asker=own)

    command(work)
    return shown(invitation_id)


@blueprint.post("/invitations/<uuid:invitation_id>/withdrawal")
@MAY["invite"]
@blueprint.arguments(RefusalSchema)
@blueprint.response(200, InvitationSchema)
def withdraw(asked: dict[str, str], invitation_id: UUID) -> InvitationRow:
    """Invite these schools no more."""
    own = _asker()

    def work(tx: Transaction) -> None:
        withdraw_invitation(tx, invitation_id=invitation_id, asker=own, **asked)

    command(work)
    return shown(invitation_id)


def filling_of(subject_id: UUID) -> Overview:
    """As it is now."""
    with reading() as db:
        return overview(db, subject_id, _read())


def shown(invitation_id: UUID) -> InvitationRow:
    """As it is now."""
    with reading() as db:
        return invitation_seen(db, invitation_id, _read())[0]


def _asker() -> Asker:
    return Asker(scopes=signed_in().scopes(*PLANNERS))


def _read() -> frozenset[str]:
    return signed_in().reads(*PLANNERS)
