"""The blueprint, what its pages ask of a request, and words for the templates."""

from flask import Blueprint
from marshmallow import ValidationError

from services.exchange.agreements.model import STAGES, STATES, TARGETS
from services.exchange.agreements.policies import MAY
from services.exchange.placements.model import KINDS
from services.exchange.placements.queries.reaching import Asker, asker_of
from shared.errors import TongxingError
from shared.text import Sentence
from shared.web.edge import reading, signed_in
from shared.web.spoken import sentences

blueprint = Blueprint(
    "agreements",
    "services.exchange.agreements.ui",
    url_prefix="/exchange/agreements",
    template_folder="../../templates",
)
Page = str | tuple[str, int]

CHIPS = {"draft": "open", "asked": "waiting", "agreed": "done", "rejected": "failed", "withdrawn": "plain", "terminated": "plain"}  # fmt: skip

#: What the parts of terms are called.
FIELDS = {
    "title": Sentence(zh="名称", en="Title"),
    "starts_on": Sentence(zh="开始", en="First day"),
    "ends_on": Sentence(zh="结束", en="Last day"),
    "lines": Sentence(zh="人数", en="Numbers"),
    "criteria": Sentence(zh="选派条件", en="Who is sent"),
    "home_duties": Sentence(zh="派出方职责", en="Duties of the home side"),
    "host_duties": Sentence(zh="接收方职责", en="Duties of the host side"),
    "targets": Sentence(zh="任务", en="Targets"),
    "dimensions": Sentence(zh="考核维度", en="What is appraised"),
    "subsidies": Sentence(zh="补助（分/人月）", en="Subsidy (fen a month)"),
    "notice_days": Sentence(zh="终止提前天数", en="Days of notice"),
}


def words() -> dict[str, object]:
    """What codes are called, for the templates."""
    return {
        "KINDS": KINDS,
        "STAGES": STAGES,
        "STATES": STATES,
        "CHIPS": CHIPS,
        "TARGETS": TARGETS,
        "FIELDS": FIELDS,
        "may_act": MAY["act"].allows(signed_in()),
    }


def errors_of(error: ValidationError | TongxingError) -> dict[str, Sentence]:
    """A sentence for each field."""
    return sentences(error) if isinstance(error, ValidationError) else {error.field or "": error.sentence}


def who_asks() -> Asker:
    """Who asks, before a command is begun."""
    with reading() as db:
        return asker_of(db, signed_in())
