"""Issuing the certificates of a programme, and revoking one."""

import secrets
from collections.abc import Collection
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from services.scheduling.certificates.model import Certificate, Serial
from services.scheduling.certificates.policies import why_not
from services.scheduling.certificates.queries import certificate_within, records_of
from services.scheduling.hosting.model import may_host, scope_of
from services.scheduling.hours.queries import hours_by_participant
from services.scheduling.plans.model import ZONE
from services.scheduling.programmes.model import Programme
from services.scheduling.programmes.queries import no_such_programme
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.ids import uuid7
from shared.roster import name_of
from shared.text import Sentence

#: Bytes of the code by which a certificate is verified: nobody guesses one.
_CODE_BYTES = 12


def issue(
    tx: Transaction,
    *,
    programme_id: UUID,
    trainees: Collection[UUID],
    scopes: Collection[str],
) -> list[Certificate]:
    """Give these of the roster their certificates, numbered in its order; all of them or none.

    Raises NotFound, Invalid, Refusal for who has not completed it.
    """
    programme = tx.load(Programme, programme_id)  # one issues at a time
    if not may_host(scopes, programme.host_region):
        raise no_such_programme()
    records = [record for record in records_of(tx.db, programme_id) if record.trainee_id in set(trainees)]
    if not records or len(records) != len(set(trainees)):
        raise Invalid(
            Sentence(zh="请在名单中选择要发证书的人。", en="Choose on the roster who gets a certificate."),
            field="trainees",
        )
    for record in records:
        if reason := why_not(record):
            raise Refusal(
                Sentence(zh=f"{record.name}：{reason.zh}", en=f"{record.name}: {reason.en}"), field="trainees"
            )
    first, last = _days(tx, programme_id)
    counted = {} if programme.hours else hours_by_participant(tx.db, programme)
    issuer = name_of(tx.db, scope_of(programme.host_region))
    made = []
    year = tx.now.astimezone(ZONE).year
    serials = _next_serials(tx, programme.host_region, year, len(records))
    for serial, record in zip(serials, records, strict=True):
        made.append(
            Certificate(
                id=uuid7(),
                version=1,
                number=f"{programme.host_region}-{year}-{serial:05}",
                code=secrets.token_urlsafe(_CODE_BYTES),
                programme_id=programme_id,
                trainee_id=record.trainee_id,
                person_id=record.person_id,
                name=record.name,
                unit=record.unit,
                title=programme.title,
                issuer=issuer.zh,
                hours=str(programme.hours or counted.get(record.trainee_id, 0)),
                begins_on=first,
                ends_on=last,
                issued_at=tx.now,
                issued_by=tx.actor,
                revoked_at=None,
                reason="",
            )
        )
    tx.db.add_all(made)
    tx.record(what="scheduling.certificates.issued", subject_kind="programme", subject=programme_id)
    return made


def revoke(tx: Transaction, *, certificate_id: UUID, reason: str, scopes: Collection[str]) -> Certificate:
    """Let a certificate hold no more; another can be issued then. Raises NotFound, Invalid, Refusal."""
    certificate_within(tx.db, certificate_id, scopes)
    certificate = tx.load(Certificate, certificate_id)
    certificate.revoke(reason=reason, at=tx.now)
    tx.record(
        what="scheduling.certificate.revoked",
        subject_kind="certificate",
        subject=certificate_id,
        person_id=certificate.person_id,
    )
    return certificate


def _next_serials(tx: Transaction, region: str, year: int, count: int) -> range:
    """The next numbers of a region's year. The row is locked until the commit, so that none is given twice."""
    insert = postgresql.insert if tx.db.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(Serial).values(region_code=region, year=year, last=count)
    raised = first.on_conflict_do_update(
        index_elements=["region_code", "year"], set_={"last": Serial.last + count}
    )
    last: int = tx.db.execute(raised.returning(Serial.last)).scalar_one()
    return range(last - count + 1, last + 1)


def _days(tx: Transaction, programme_id: UUID) -> tuple[date, date]:
    first, last = tx.db.execute(
        sa.select(sa.func.min(Session.starts_at), sa.func.max(Session.ends_at)).where(
            Session.programme_id == programme_id, Session.state != "cancelled"
        )
    ).one()
    return first.astimezone(ZONE).date(), last.astimezone(ZONE).date()
