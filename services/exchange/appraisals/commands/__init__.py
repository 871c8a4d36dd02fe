"""What may be done with appraisals. `asker`: who asks; what is neither theirs nor theirs to see is not there for them."""

from services.exchange.appraisals.commands.acting import act
from services.exchange.appraisals.commands.deciding import answer_appeal, appeal, decide, insist_places
from services.exchange.appraisals.commands.following import adopt, follow_up, plan, reward
from services.exchange.appraisals.commands.forming import decide_form
from services.exchange.appraisals.commands.rating import name_raters, rate, report, say_gate

__all__ = [
    "act",
    "adopt",
    "answer_appeal",
    "appeal",
    "decide",
    "decide_form",
    "follow_up",
    "insist_places",
    "name_raters",
    "plan",
    "rate",
    "report",
    "reward",
    "say_gate",
]
