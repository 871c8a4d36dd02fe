"""The blueprint, and what its pages ask of a request."""

from collections.abc import Collection, Sequence

from flask import Blueprint, request
from marshmallow import ValidationError

from services.scheduling.hosting.model import PLANNERS, may_host
from services.scheduling.hosting.queries import RegionRow
from shared.errors import Forbidden, Invalid
from shared.text import Sentence
from shared.web.edge import signed_in
from shared.web.spoken import sentences

blueprint = Blueprint(
    "sessions", "services.scheduling.sessions.ui", url_prefix="/scheduling", template_folder="../../templates"
)

Page = str | tuple[str, int]


def own_first(known: Sequence[RegionRow], among: Collection[str]) -> list[tuple[RegionRow, bool]]:
    """Each region, and whether it lies outside the scopes `among`; those come last."""
    marked = ((region, not may_host(among, region.code)) for region in known)
    return sorted(marked, key=lambda each: each[1])


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
