"""Agreements as forms and as JSON."""

from services.exchange.agreements.schemas.forms import (
    ActSchema,
    AnswerSchema,
    TermsSchema,
    lines_in,
    parties_in,
    schools_in,
    terms_in,
)
from services.exchange.agreements.schemas.plain import (
    AgreementDifferencesSchema,
    AgreementDraftSchema,
    AgreementListSchema,
    AgreementReplySchema,
    AgreementRevisionSchema,
    AgreementSchema,
    AgreementStepSchema,
)

__all__ = [
    "ActSchema",
    "AgreementDifferencesSchema",
    "AgreementDraftSchema",
    "AgreementListSchema",
    "AgreementReplySchema",
    "AgreementRevisionSchema",
    "AgreementSchema",
    "AgreementStepSchema",
    "AnswerSchema",
    "TermsSchema",
    "lines_in",
    "parties_in",
    "schools_in",
    "terms_in",
]
