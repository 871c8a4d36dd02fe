"""Certificates as JSON: who has completed a programme, issuing, revoking, and verifying."""

import dataclasses
from uuid import UUID

from flask_smorest import Blueprint

from services.scheduling.certificates.commands import issue, revoke
from services.scheduling.certificates.model import ASKED_AT_MOST, LONGEST_CODE, Certificate, masked
from services.scheduling.certificates.policies import Record, why_not
from services.scheduling.certificates.queries import (
    certificate_of,
    certificate_within,
    no_such_certificate,
    records_of,
)
from services.scheduling.certificates.schemas import (
    CertificateSchema,
    IssueSchema,
    RecordSchema,
    RevocationSchema,
    VerifiedSchema,
)
from services.scheduling.hosting.model import PLANNERS
from services.scheduling.programmes.queries import programme_within
from shared.auth import PUBLIC, holders
from shared.web.edge import command, language, reading, signed_in
from shared.web.limits import limited

blueprint = Blueprint(
    "certificates_api", __name__, url_prefix="/scheduling/api/v1", description="Certificates of programmes"
)

_HOST = holders(*PLANNERS)


@blueprint.get("/programmes/<uuid:programme_id>/certificates")
@_HOST
@blueprint.response(200, RecordSchema(many=True))
def index(programme_id: UUID) -> list[dict[str, object]]:
    """Everybody on the roster: what they attended, their certificate, or why they get none now."""
    with reading() as db:
        programme_within(db, programme_id, _scopes())
        records = records_of(db, programme_id)
    return [_told(each) for each in records]


@blueprint.post("/programmes/<uuid:programme_id>/certificates")
@_HOST
@blueprint.arguments(IssueSchema)
@blueprint.response(201, CertificateSchema(many=True))
def issued(asked: dict[str, list[UUID]], programme_id: UUID) -> list[Certificate]:
    """Issue to these, numbered in the roster's order; all of them or none. 409 says who has not completed it, and why."""
    own = _scopes()
    return command(
        lambda tx: issue(tx, programme_id=programme_id, trainees=set(asked["trainees"]), scopes=own)
    )


@blueprint.post("/programmes/<uuid:programme_id>/certificates/<uuid:certificate_id>/revocation")
@_HOST
@blueprint.arguments(RevocationSchema)
@blueprint.response(200, CertificateSchema)
def revoked(asked: dict[str, str], programme_id: UUID, certificate_id: UUID) -> Certificate:
    """Let one hold no more; whoever verifies it reads that it was revoked."""
    own = _scopes()
    with reading() as db:
        if certificate_within(db, certificate_id, own).programme_id != programme_id:
            raise no_such_certificate()
    return command(lambda tx: revoke(tx, certificate_id=certificate_id, reason=asked["reason"], scopes=own))


@blueprint.get("/certificates/<code>")
@PUBLIC
@blueprint.response(200, VerifiedSchema)
def verified(code: str) -> dict[str, object]:
    """Whether the certificate of this code holds. 429 for an address that asks too often."""
    limited("certificates", times=ASKED_AT_MOST, seconds=60)
    with reading() as db:
        found = certificate_of(db, code) if len(code) <= LONGEST_CODE else None
    if found is None:
        raise no_such_certificate()
    if found.revoked_at is not None:
        return {"number": found.number, "valid": False}
    return {
        "number": found.number,
        "valid": True,
        "name": masked(found.name),
        "title": found.title,
        "hours": found.hours,
        "issuer": found.issuer,
        "begins_on": found.begins_on,
        "ends_on": found.ends_on,
    }


def _told(record: Record) -> dict[str, object]:
    reason = why_not(record)
    rest = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    return {**rest, "why_not": reason.in_language(language()) if reason else None}


def _scopes() -> frozenset[str]:
    return signed_in().scopes(*PLANNERS)
