"""Who is asked for which schools."""

from collections.abc import Mapping
from uuid import UUID

from services.scheduling.hosting.model import may_host, scope_of
from services.scheduling.invitations.model.subjects import Whom


def sides_of(
    schools: Mapping[UUID, str], *, whom: Whom, host_region: str
) -> list[tuple[str, bool, list[UUID]]]:
    """Who is asked for which schools, and whether a border lies between: a region as a whole, else county by county."""
    asked = whom.scope.removeprefix("region:") if whom.scope.startswith("region:") else ""
    sides: dict[tuple[str, bool], list[UUID]] = {}
    for id_, region in schools.items():
        crosses = not may_host([scope_of(host_region)], region)
        side = (asked or region) if crosses or not asked else host_region
        sides.setdefault((side, crosses), []).append(id_)
    return [(region, crosses, ids) for (region, crosses), ids in sides.items()]
