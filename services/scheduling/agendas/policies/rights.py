"""Who may do what with agendas."""

from collections.abc import Mapping
from typing import Literal

from services.scheduling.hosting.model import PLANNERS
from shared.auth import Rule, holders, readers

#: Who looks at staged agendas, and who brings and confirms them, each within the own scopes.
MAY: Mapping[Literal["see", "bring"], Rule] = {"see": readers(*PLANNERS), "bring": holders(*PLANNERS)}
