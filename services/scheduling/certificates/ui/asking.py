"""The blueprint, and what its pages ask of a request."""

from flask import Blueprint

from services.scheduling.hosting.model import PLANNERS
from shared.web.edge import signed_in

blueprint = Blueprint(
    "certificates",
    "services.scheduling.certificates.ui",
    url_prefix="/scheduling",
    template_folder="../../templates",
)


def scopes() -> frozenset[str]:
    """Where the reader plans."""
    return signed_in().scopes(*PLANNERS)
