"""Who may do what at a Kafka that trusts nobody, derived from the contracts.

A service may write the topics that it publishes and read those that its reactions are about; and nothing else. It
reads its own topics too (after a restore it learns from them what its database forgot) and makes and configures them
(`tongxing topics apply`). Deleting topics or records, and cutting a topic's time short by hand, is an operator's.

The principal is the service's name, and so is its consumer group.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shared.events.contract import CONTRACTS, Event, Registry

#: As Kafka calls them.
Operation = Literal["Read", "Write", "Describe", "Create", "DescribeConfigs", "AlterConfigs"]

_PUBLISHES: tuple[Operation, ...] = ("Read", "Write", "Describe", "Create", "DescribeConfigs", "AlterConfigs")
_CONSUMES: tuple[Operation, ...] = ("Read", "Describe")
_OWN_GROUP: tuple[Operation, ...] = ("Read", "Describe")


@dataclass(frozen=True, slots=True, order=True)
class Permission:
    """One line of the matrix: `principal` may do `operation` with the topic or group called exactly `name`."""

    principal: str
    resource: Literal["group", "topic"]
    name: str
    operation: Operation


def permissions(
    service: str, *, reactions: Iterable[type[Event]], registry: Registry = CONTRACTS
) -> tuple[Permission, ...]:
    """All that the service needs, sorted; whatever is not in it is forbidden.

    reactions: the events that the service answers. Raises KeyError for one that was never declared.
    """
    own = {topic.name for topic in registry.topics().values() if topic.publisher == service}
    read = {registry.of(event).topic.name for event in reactions}
    return tuple(
        sorted(
            {
                *(Permission(service, "topic", name, operation) for name in own for operation in _PUBLISHES),
                *(Permission(service, "topic", name, operation) for name in read for operation in _CONSUMES),
                *(Permission(service, "group", service, operation) for operation in _OWN_GROUP),
            }
        )
    )
