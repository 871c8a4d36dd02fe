"""What may be done with placements. `asker`: who asks; what is neither theirs nor theirs to see is not there for them."""

from services.exchange.placements.commands.filing import adopt_placement, file_placement, withdraw_filed
from services.exchange.placements.commands.proposing import check, propose_pair, propose_placement
from services.exchange.placements.commands.stepping import take_step

__all__ = [
    "adopt_placement",
    "check",
    "file_placement",
    "propose_pair",
    "propose_placement",
    "take_step",
    "withdraw_filed",
]
