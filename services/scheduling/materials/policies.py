"""Who may do what with materials."""

from collections.abc import Mapping
from typing import Literal

from services.scheduling.hosting.model import PLANNERS
from shared.auth import SIGNED_IN, Rule, holders

#: The whole table. Who sees them is the host, the schools that are invited and who takes part: the query says.
MAY: Mapping[Literal["see", "add", "remove"], Rule] = {
    "see": SIGNED_IN,
    "add": holders(*PLANNERS),
    "remove": holders(*PLANNERS),
}
