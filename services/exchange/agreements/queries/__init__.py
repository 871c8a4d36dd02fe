"""Reads about agreements."""

from services.exchange.agreements.queries.choosing import choices, insist_known, schools_called
from services.exchange.agreements.queries.finding import answers_of, contents_of, no_such_agreement, terms_of
from services.exchange.agreements.queries.listing import (
    AgreementRow,
    agreement_of,
    agreements_of,
    rows_of,
    usable,
)
from services.exchange.agreements.queries.standing import mine_of, stands_of
from services.exchange.agreements.queries.telling import agreement_task_states, task_of, told_of

__all__ = [
    "AgreementRow",
    "agreement_of",
    "agreement_task_states",
    "agreements_of",
    "answers_of",
    "choices",
    "contents_of",
    "insist_known",
    "mine_of",
    "no_such_agreement",
    "rows_of",
    "schools_called",
    "stands_of",
    "task_of",
    "terms_of",
    "told_of",
    "usable",
]
