"""Agreements as JSON: shape only; what terms may be is for `Terms` to say."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load

from services.exchange.agreements.model import TARGETS, Dimension, Line, Terms
from services.exchange.agreements.schemas.forms import PARTY, ActSchema, Day
from services.exchange.placements.model import KINDS
from shared.text import Sentence
from shared.web.spoken import SENTENCES, Many, Spoken, Strict, Text, Whole, must
from shared.web.spoken import Line as Words

#: Parts of a list; the greatest subsidy, in fen; characters of a note.
_MOST, _DEAREST, _LONGEST = 50, 10**9, 500


class Named(Spoken, fields.Dict):
    """A whole number for each of some names."""


class Truth(Spoken, fields.Boolean):
    """Yes or no."""


_FEW = must(lambda some: len(some) <= _MOST, Sentence(zh=f"最多 {_MOST} 项。", en=f"At most {_MOST}."))


def _of(names: Any) -> Any:  # noqa: ANN401  marshmallow's validator
    return must(lambda said: set(said) <= set(names), SENTENCES["invalid"])


class AgreementLineSchema(Strict):
    """How many go, of one kind."""

    kind = Words(required=True)
    number = Whole(required=True)
    stage = Words(load_default="")
    subject = Words(load_default="")
    until = Day(load_default=None, allow_none=True)

    @post_load
    def line(self, data: dict[str, Any], **_options: object) -> Line:
        """The value."""
        return Line(**data)


class AgreementDimensionSchema(Strict):
    """What is appraised, and how much it weighs, of a hundred."""

    name = Words(required=True)
    weight = Whole(required=True)

    @post_load
    def dimension(self, data: dict[str, Any], **_options: object) -> Dimension:
        """The value."""
        return Dimension(**data)


class AgreementTermsInSchema(Strict):
    """All that an agreement says. targets, subsidies: by name; a subsidy is in fen for a person and month."""

    title = Words(required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    lines = Many(fields.Nested(AgreementLineSchema), required=True, validate=_FEW)
    criteria = Many(Words(), load_default=list, validate=_FEW)
    home_duties = Many(Words(), load_default=list, validate=_FEW)
    host_duties = Many(Words(), load_default=list, validate=_FEW)
    targets = Named(keys=fields.String(), values=Whole(), load_default=dict, validate=_of(TARGETS))
    dimensions = Many(fields.Nested(AgreementDimensionSchema), load_default=list, validate=_FEW)
    subsidies = Named(keys=fields.String(), values=Whole(), load_default=dict, validate=_of(KINDS))
    notice_days = Whole(load_default=30)

    @post_load
    def terms(self, data: dict[str, Any], **_options: object) -> Terms:
        """The value. Raises ValidationError with every fault of it."""
        said: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        terms = Terms(**said)
        faults = {name: [sentence] for name, sentence in terms.faults().items()}
        if any(not 0 <= fen <= _DEAREST for fen in terms.subsidies.values()):
            faults["subsidies"] = [SENTENCES["invalid"]]
        if any(not 0 <= number <= _MOST * 20 for number in terms.targets.values()):
            faults["targets"] = [SENTENCES["invalid"]]
        if faults:
            raise ValidationError(faults)
        return terms


class AgreementDraftSchema(Strict):
    """A new agreement. parties: `region:CODE`, `group:ID`, `school:ID`."""

    parties = Many(
        Words(validate=must(PARTY.fullmatch, SENTENCES["invalid"])),
        required=True,
        validate=must(lambda some: len(some) <= _MOST, SENTENCES["invalid"]),
    )
    terms = fields.Nested(AgreementTermsInSchema, required=True)


class AgreementRevisionSchema(Strict):
    """The next version. seen: the version of the agreement that was looked at."""

    terms = fields.Nested(AgreementTermsInSchema, required=True)
    seen = Whole(required=True)
    note = Text(
        load_default="",
        validate=must(
            lambda text: len(text) <= _LONGEST,
            Sentence(zh=f"最多 {_LONGEST} 个字。", en=f"At most {_LONGEST} characters."),
        ),
    )


class AgreementReplySchema(Strict):
    """Yes or no to exactly one content."""

    number = Whole(required=True)
    sha256 = Words(required=True)
    approved = Truth(required=True)
    reason = Text(load_default="")


class AgreementStepSchema(ActSchema):
    """A step: ask, withdraw, terminate or renew."""


class AgreementAnswerOutSchema(Schema):
    """What a party said of a content."""

    number = fields.Integer()
    party = fields.String()
    approved = fields.Boolean()
    sha256 = fields.String()
    at = fields.AwareDateTime()
    reason = fields.String()


class AgreementContentSchema(Schema):
    """A content; it never changes."""

    number = fields.Integer()
    sha256 = fields.String()
    terms = fields.Dict()
    note = fields.String()
    at = fields.AwareDateTime()


class AgreementRowSchema(Schema):
    """An agreement on a list. waiting: parties that are to answer; mine: for which of all the reader acts; used: placements."""

    id = fields.UUID(attribute="agreement.id")
    version = fields.Integer(attribute="agreement.version")
    title = fields.String(attribute="agreement.title")
    parties = fields.List(fields.String(), attribute="agreement.parties")
    state = fields.String(attribute="agreement.state")
    content = fields.Integer(attribute="agreement.content")
    in_force = fields.Integer(attribute="agreement.in_force", allow_none=True)
    starts_on = fields.Date(attribute="agreement.starts_on")
    ends_on = fields.Date(attribute="agreement.ends_on")
    terminated_on = fields.Date(attribute="agreement.terminated_on", allow_none=True)
    reason = fields.String(attribute="agreement.reason")
    waiting = fields.List(fields.String())
    mine = fields.List(fields.String())
    used = fields.Integer()


class AgreementListSchema(Schema):
    """Agreements that concern the reader."""

    agreements = fields.List(fields.Nested(AgreementRowSchema))


class AgreementSchema(Schema):
    """One agreement, with all that it ever said, the newest first, and the answers."""

    agreement = fields.Nested(AgreementRowSchema, attribute="row")
    contents = fields.List(fields.Nested(AgreementContentSchema))
    answers = fields.List(fields.Nested(AgreementAnswerOutSchema))


class AgreementDifferenceSchema(Schema):
    """A field that is different: what was said, and what is said now; null where it was not, or is not any more."""

    field = fields.String()
    was = fields.String(allow_none=True)
    now = fields.String(allow_none=True)


class AgreementDifferencesSchema(Schema):
    """What is different between two contents."""

    of = fields.Integer()
    to = fields.Integer()
    differences = fields.List(fields.Nested(AgreementDifferenceSchema))
