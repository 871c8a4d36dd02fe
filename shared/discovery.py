"""Which services are installed here: found by their entry points, listed nowhere.

A service says in its `pyproject.toml`

    [project.entry-points."tongxing.services"]
    scheduling = "services.scheduling.app:service"

An image that holds one service runs one service; a checkout finds them all.
"""

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from shared.errors import Invalid
from shared.text import Sentence

if TYPE_CHECKING:
    from shared.service import Service

GROUP = "tongxing.services"


def names() -> list[str]:
    """The names of the services that are installed; none of them is imported."""
    return sorted(_found())


def load(name: str) -> "Service":
    """The service called `name`. Raises Invalid with the names that there are."""
    found = _found()
    if name not in found:
        there = ", ".join(sorted(found)) or "none"
        raise Invalid(
            Sentence(
                zh=f"没有名为 {name} 的服务。已安装：{there}。",
                en=f"There is no service {name!r} here. Installed: {there}.",
            )
        )
    service: Service = found[name].load()
    if service.name != name:
        raise Invalid(
            Sentence(
                zh=f"服务 {service.name} 以 {name} 的名义安装。",
                en=f"The service {service.name!r} is installed under the name {name!r}.",
            )
        )
    return service


def load_chosen(chosen: Iterable[str] = ()) -> list["Service"]:
    """The services called so, or all that are installed. Raises Invalid where there is none."""
    wanted = sorted(set(chosen)) or names()
    if not wanted:
        raise Invalid(
            Sentence(
                zh="没有安装任何服务。",
                en="No service is installed here. Install one, such as tongxing-scheduling.",
            )
        )
    return [load(name) for name in wanted]


def _found() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}
