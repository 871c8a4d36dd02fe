"""Who may do what with what a school is asked."""

from collections.abc import Mapping
from typing import Literal

from services.scheduling.hosting.model import PLANNERS
from shared.auth import Rule, holders, readers

Verb = Literal["list", "see", "take_part"]

#: The whole table: verb and rule. The routes, and the pages that offer the verbs, ask here.
MAY: Mapping[Verb, Rule] = {
    "list": holders("liaison"),
    "see": readers(*PLANNERS, "liaison"),
    "take_part": holders(*PLANNERS, "liaison"),
}
