"""Who may do what with invitations."""

from collections.abc import Mapping
from typing import Literal

from services.scheduling.hosting.model import PLANNERS
from shared.auth import Rule, holders, readers

Verb = Literal["see", "invite", "answer"]

#: The whole table: verb and rule. The routes, and the pages that offer the verbs, ask here.
MAY: Mapping[Verb, Rule] = {
    "see": readers(*PLANNERS),
    "invite": holders(*PLANNERS),
    "answer": holders(*PLANNERS),
}
