"""Who has completed a programme, issuing to them, revoking, and the PDFs."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services.scheduling.certificates.commands import issue, revoke
from services.scheduling.certificates.commands.setting import as_pdf
from services.scheduling.certificates.model import AT_ONCE
from services.scheduling.certificates.policies import why_not
from services.scheduling.certificates.queries import (
    certificate_within,
    certificates_of,
    no_such_certificate,
    records_of,
    sheets_of,
)
from services.scheduling.certificates.ui.asking import blueprint, pdf, scopes, verified_at
from services.scheduling.hosting.model import PLANNERS
from services.scheduling.programmes.queries import programme_within
from shared.auth import holders
from shared.errors import Invalid, Refusal, TongxingError
from shared.jobs import job
from shared.web.edge import command, reading

Page = str | tuple[str, int]

_HOST = holders(*PLANNERS)


@blueprint.get("/programmes/<uuid:programme_id>/certificates")
@_HOST
def index(programme_id: UUID) -> Page:
    """Everybody on the roster: what they attended, and their certificate."""
    return _index(programme_id)


@blueprint.post("/programmes/<uuid:programme_id>/certificates")
@_HOST
def issued(programme_id: UUID) -> Page | Response:
    """Issue to those who were ticked."""
    own = scopes()
    try:
        chosen = {UUID(each) for each in request.form.getlist("trainees")}
        command(lambda tx: len(issue(tx, programme_id=programme_id, trainees=chosen, scopes=own)))
    except ValueError:
        return _index(programme_id)
    except (Invalid, Refusal) as error:
        return _index(programme_id, error=error)
    return redirect(url_for("certificates.index", programme_id=programme_id), 303)


@blueprint.get("/programmes/<uuid:programme_id>/certificates.pdf")
@_HOST
def all_of_them(programme_id: UUID) -> Response:
    """All that hold, to print; where they are many, the page sets them in the background."""
    own = scopes()
    with reading() as db:
        programme_within(db, programme_id, own)
        found = certificates_of(db, programme_id)
    if not found:
        raise no_such_certificate()
    if len(found) > AT_ONCE:
        return redirect(url_for("certificates.index", programme_id=programme_id), 303)
    return pdf(as_pdf(found, verified_at=verified_at()), "certificates.pdf")


@blueprint.get("/programmes/<uuid:programme_id>/certificates/<uuid:certificate_id>.pdf")
@_HOST
def one_of_them(programme_id: UUID, certificate_id: UUID) -> Response:
    """One, to print."""
    with reading() as db:
        found = certificate_within(db, certificate_id, scopes())
    if found.programme_id != programme_id:
        raise no_such_certificate()
    return pdf(as_pdf([found], verified_at=verified_at()), f"{found.number}.pdf")


@blueprint.post("/programmes/<uuid:programme_id>/certificates/<uuid:certificate_id>/revocation")
@_HOST
def revoked(programme_id: UUID, certificate_id: UUID) -> Page | Response:
    """Let one hold no more, with the reason."""
    own, reason = scopes(), " ".join(request.form.get("reason", "").split())
    try:
        command(lambda tx: revoke(tx, certificate_id=certificate_id, reason=reason, scopes=own).id)
    except (Invalid, Refusal) as error:
        return _index(programme_id, error=error)
    return redirect(url_for("certificates.index", programme_id=programme_id), 303)


def _index(programme_id: UUID, *, error: TongxingError | None = None) -> Page:
    own = scopes()
    with reading() as db:
        programme = programme_within(db, programme_id, own)
        records = records_of(db, programme_id)
        sheets = sheets_of(db, programme_id)
        work = job(db, sheets[0].id) if sheets and sheets[0].finished_at is None else None
    html = render_template(
        "scheduling/certificates.html",
        programme=programme,
        records=[(record, why_not(record)) for record in records],
        sheets=sheets,
        work=work,
        AT_ONCE=AT_ONCE,
        chosen=set(request.form.getlist("trainees")),
        error=error,
        typed=request.form,
    )
    return (html, error.status) if error else html
