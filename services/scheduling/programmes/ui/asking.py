"""The blueprint, and what its pages ask of a request."""

from flask import Blueprint, request
from marshmallow import ValidationError

from services.scheduling.hosting.model import PLANNERS
from shared.errors import Forbidden, Invalid
from shared.text import Sentence
from shared.web.edge import signed_in
from shared.web.spoken import sentences

blueprint = Blueprint(
    "programmes",
    "services.scheduling.programmes.ui",
    url_prefix="/scheduling",
    template_folder="../../templates",
)

Page = str | tuple[str, int]


def errors_of(error: ValidationError | Invalid | Forbidden) -> dict[str, Sentence]:
    """A sentence for each field."""
    return sentences(error) if isinstance(error, ValidationError) else {error.field or "": error.sentence}


def seen() -> int | None:
    """The version that the reader had before their eyes, where the form says so."""
    return request.form.get("seen", type=int)


def scopes() -> frozenset[str]:
    """Where the reader plans."""
    return signed_in().scopes(*PLANNERS)


def read() -> frozenset[str]:
    """What the reader may see."""
    return signed_in().reads(*PLANNERS)
