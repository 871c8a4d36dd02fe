"""The blueprint, and what its pages ask of a request."""

from flask import Blueprint
from marshmallow import ValidationError

from services.scheduling.hosting.model import PLANNERS
from services.scheduling.invitations.model.subjects import Asker
from shared.errors import Forbidden, Invalid
from shared.text import Sentence
from shared.web.edge import signed_in
from shared.web.spoken import sentences

blueprint = Blueprint(
    "invitations",
    "services.scheduling.invitations.ui",
    url_prefix="/scheduling",
    template_folder="../../templates",
)

Page = str | tuple[str, int]

#: The states of an invitation: the chip, and its word.
STATES = {
    "asked": ("waiting", Sentence(zh="等对方区域同意", en="Their region is asked")),
    "open": ("done", Sentence(zh="已邀请", en="Invited")),
    "refused": ("failed", Sentence(zh="对方未同意", en="Refused")),
    "withdrawn": ("plain", Sentence(zh="已收回", en="Withdrawn")),
}

#: What a school has said.
ANSWERS = {
    "waiting": ("open", Sentence(zh="未答复", en="No answer yet")),
    "named": ("done", Sentence(zh="已报名", en="Named people")),
    "declined": ("failed", Sentence(zh="不参加", en="Declined")),
    "out": ("plain", Sentence(zh="不再邀请", en="No longer invited")),
}


def errors_of(error: ValidationError | Invalid | Forbidden) -> dict[str, Sentence]:
    """A sentence for each field."""
    return sentences(error) if isinstance(error, ValidationError) else {error.field or "": error.sentence}


def asker() -> Asker:
    """Who does something: where they plan."""
    return Asker(scopes=signed_in().scopes(*PLANNERS))


def read() -> frozenset[str]:
    """What the reader may see."""
    return signed_in().reads(*PLANNERS)
