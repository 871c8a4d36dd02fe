"""Who may do what with outcomes."""

from collections.abc import Mapping
from typing import Literal

from services.scheduling.hosting.model import PLANNERS
from shared.auth import SIGNED_IN, Rule, holders, readers

Verb = Literal["see", "judge", "hand_in"]

#: The whole table. Who hands in is the trainee, the liaison of their school or the host: the command says whose it is.
MAY: Mapping[Verb, Rule] = {
    "see": readers(*PLANNERS, "liaison"),
    "judge": holders(*PLANNERS),
    "hand_in": SIGNED_IN,
}
