"""Who may borrow for a session, and who may be asked."""

from collections.abc import Collection
from uuid import UUID

from services.scheduling.facilities.model import KnownFacility
from services.scheduling.hosting.model import PLANNERS
from shared.auth import covers, holders
from shared.auth.grants import significant

BORROW = holders(*PLANNERS)


def open_to(
    facility: KnownFacility, *, host_region: str, school_id: UUID | None, groups: Collection[str]
) -> bool:
    """Whether it is worth asking: resources decides, by the same terms."""
    if facility.retired:
        return False
    if facility.school_id == school_id or facility.region_code.startswith(significant(host_region)):
        return True
    return any(
        audience == "all"
        or audience in groups
        or audience == f"school:{school_id}"
        or (audience.startswith("region:") and covers(audience, region=host_region))
        for audience in facility.audiences
    )
