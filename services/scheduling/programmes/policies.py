"""Who may do what with programmes."""

from collections.abc import Mapping
from typing import Literal

from services.scheduling.hosting.model import PLANNERS
from shared.auth import Rule, holders, readers

Verb = Literal["see", "draft", "revise", "enrol", "release", "recall"]

#: The whole table: verb and rule. The routes, and the pages that offer the verbs, ask here.
MAY: Mapping[Verb, Rule] = {
    "see": readers(*PLANNERS),
    "draft": holders(*PLANNERS),
    "revise": holders(*PLANNERS),
    "enrol": holders(*PLANNERS),
    "release": holders(*PLANNERS),
    "recall": holders(*PLANNERS),
}
