"""What the services publish: a module per publisher, facts without behaviour.

Importing this package fills `CONTRACTS`. A change is additive within a version; see `docs/contracts.md`.
"""

from shared.contracts import directory, exchange, notifications, resources, scheduling
from shared.events.contract import CONTRACTS

__all__ = ["CONTRACTS", "directory", "exchange", "notifications", "resources", "scheduling"]
