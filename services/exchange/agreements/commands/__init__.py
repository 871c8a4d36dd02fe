"""What may be done with agreements."""

from services.exchange.agreements.commands.acting import act
from services.exchange.agreements.commands.answering import (
    answer_agreement,
    terminate_agreement,
    withdraw_agreement,
)
from services.exchange.agreements.commands.drafting import (
    ask_parties,
    draft_agreement,
    renew_line,
    revise_agreement,
)

__all__ = [
    "act",
    "answer_agreement",
    "ask_parties",
    "draft_agreement",
    "renew_line",
    "revise_agreement",
    "terminate_agreement",
    "withdraw_agreement",
]
