"""Every drill: what is tried, and which services may be away meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.deploy.compose import SERVICES
from tests.drills import breaking
from tests.drills.stage import Stage


@dataclass(frozen=True, slots=True)
class Drill:
    """name: as `--only` takes it. stopped: the services whose pages and commands may fail meanwhile."""

    name: str
    tried: str
    act: Callable[[Stage], None]
    stopped: frozenset[str] = frozenset()


DRILLS = (
    *(
        Drill(
            f"stop-{service}",
            f"{service} stopped and brought back",
            partial(breaking.stop, service=service),
            frozenset({service}),
        )
        for service in SERVICES
    ),
    *(
        Drill(
            f"kill-{service}",
            f"{service}-worker killed in the middle of a batch",
            partial(breaking.kill, service=service),
        )
        for service in SERVICES
    ),
    Drill("restart-kafka", "Kafka stopped and brought back", breaking.restart_kafka),
    Drill("wipe-kafka", "Kafka's data lost, topics made anew, everything said again", breaking.wipe_kafka),
    Drill(
        "restart-postgres",
        "PostgreSQL stopped and brought back",
        breaking.restart_postgres,
        frozenset(SERVICES),
    ),
    Drill(
        "restore-notifications",
        "notifications' database put back to an earlier dump",
        breaking.restore,
        frozenset({"notifications"}),
    ),
    Drill("scale-notifications", "notifications-worker 1, 3, 1, 3, 1 times", breaking.scale),
    *(
        Drill(
            f"upgrade-{service}",
            f"{service} upgraded to N+1 alone, then rolled back",
            partial(breaking.upgrade, service=service),
            frozenset({service}),
        )
        for service in ("scheduling", "notifications")
    ),
)
