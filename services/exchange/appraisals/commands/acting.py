"""Each verb of an appraisal by its name, for the doors."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from services.exchange.appraisals.commands.deciding import answer_appeal, appeal, decide
from services.exchange.appraisals.commands.following import adopt, follow_up, plan, reward
from services.exchange.appraisals.commands.rating import name_raters, rate, report, say_gate
from services.exchange.appraisals.model import Appraisal
from services.exchange.placements.queries.reaching import Asker
from shared.db import Transaction

_DOES: Mapping[str, Callable[..., Appraisal]] = {
    "report": report,
    "gate": say_gate,
    "name": name_raters,
    "rate": rate,
    "decide": decide,
    "appeal": appeal,
    "answer": answer_appeal,
    "reward": reward,
    "plan": plan,
    "follow": follow_up,
    "adopt": adopt,
}


def act(
    tx: Transaction, *, verb: str, placement_id: UUID, asker: Asker, said: Mapping[str, Any]
) -> Appraisal:
    """Do the verb with what was said, by the names of its parameters. Raises as the verb does."""
    return _DOES[verb](tx, placement_id=placement_id, asker=asker, **said)
