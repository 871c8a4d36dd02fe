"""The steps of an agreement by their names, as JSON and the page send them."""

from datetime import date
from typing import Any
from uuid import UUID

from services.exchange.agreements.commands.answering import terminate_agreement, withdraw_agreement
from services.exchange.agreements.commands.drafting import ask_parties, renew_line
from services.exchange.agreements.model import Agreement
from services.exchange.placements.queries.reaching import Asker
from shared.db import Transaction
from shared.errors import NotFound
from shared.text import Sentence


def act(
    tx: Transaction, *, verb: str, agreement_id: UUID, asker: Asker, today: date, said: dict[str, Any]
) -> Agreement:
    """Ask the parties, withdraw, terminate, or renew a line. said: reason, on, line, number, seen. Raises as each of them."""
    own: dict[str, Any] = {"agreement_id": agreement_id, "asker": asker, "seen": said["seen"]}
    match verb:
        case "ask":
            return ask_parties(tx, **own)
        case "withdraw":
            return withdraw_agreement(tx, reason=said["reason"], **own)
        case "terminate":
            return terminate_agreement(tx, on=said["on"] or today, today=today, reason=said["reason"], **own)
        case "renew":
            return renew_line(
                tx, line=said["line"] or 0, until=said["on"] or today, number=said["number"], **own
            )
        case _:
            raise NotFound(Sentence(zh="没有这个操作。", en="There is no such step."))
