"""Who may do what with sessions."""

from collections.abc import Mapping
from typing import Literal

from services.scheduling.hosting.model import PLANNERS
from shared.auth import Rule, holders, readers

Verb = Literal["see", "draft", "revise", "release", "hold", "close", "postpone", "cancel", "recall"]

#: The whole table: verb and rule. The routes, and the pages that offer the verbs, ask here.
MAY: Mapping[Verb, Rule] = {
    "see": readers(*PLANNERS),
    "draft": holders(*PLANNERS),
    "revise": holders(*PLANNERS),
    "release": holders(*PLANNERS),
    "hold": holders(*PLANNERS),
    "close": holders(*PLANNERS),
    "postpone": holders(*PLANNERS),
    "cancel": holders(*PLANNERS),
    "recall": holders(*PLANNERS),
}
