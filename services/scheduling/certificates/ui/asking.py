"""The blueprint, and what its pages ask of a request."""

from flask import Blueprint, make_response
from werkzeug.wrappers import Response

from services.scheduling.hosting.model import PLANNERS
from shared.web.edge import edge, signed_in

blueprint = Blueprint(
    "certificates",
    "services.scheduling.certificates.ui",
    url_prefix="/scheduling",
    template_folder="../../templates",
)


def scopes() -> frozenset[str]:
    """Where the reader plans."""
    return signed_in().scopes(*PLANNERS)


def verified_at() -> str:
    """Where a code is looked up, without it."""
    return f"{edge().runtime.settings.base_url}/scheduling/certificates/"


def pdf(data: bytes, name: str) -> Response:
    """A PDF that the browser shows."""
    answer = make_response(data)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
