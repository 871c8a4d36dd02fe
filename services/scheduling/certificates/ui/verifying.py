"""The page that tells anybody whether a certificate holds."""

from http import HTTPStatus

from flask import render_template, request

from services.scheduling.certificates.model import ASKED_AT_MOST, LONGEST_CODE, masked
from services.scheduling.certificates.queries import certificate_of
from services.scheduling.certificates.ui.asking import blueprint
from shared.auth import PUBLIC
from shared.web.edge import reading
from shared.web.limits import limited


@blueprint.get("/certificates/<code>")
@PUBLIC
def verified(code: str) -> tuple[str, int]:
    """Whether the certificate of this code holds: what it says, with the name masked."""
    limited("certificates", times=ASKED_AT_MOST, seconds=60)
    with reading() as db:
        found = certificate_of(db, code) if len(code) <= LONGEST_CODE else None
    html = render_template(
        "scheduling/certificate.html", found=found, name=masked(found.name) if found else "", code=code
    )
    return html, HTTPStatus.OK if found else HTTPStatus.NOT_FOUND


@blueprint.get("/certificates")
@PUBLIC
def asked() -> tuple[str, int]:
    """The form to type a code, for who cannot scan."""
    code = request.args.get("code", "").strip()
    return (
        verified(code)
        if code
        else (render_template("scheduling/certificate.html", found=None, name="", code=""), 200)
    )
