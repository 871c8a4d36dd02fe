"""Who comes in from the queue: pure, frozen values in, answer out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.scheduling.invitations.model.subjects import Quota


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """Somebody who takes part, or waits. number: their place in the queue, lower ones first."""

    id: UUID
    invitation_id: UUID
    school_id: UUID
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many may take part: in all, and by each invitation. None: as many as want to."""

    places: int | None = None
    quotas: Mapping[UUID, Quota] = field(default_factory=dict)


def admitted(inside: Iterable[Queued], queue: Iterable[Queued], room: Room) -> list[UUID]:
    """Those of the queue for whom there is room, in its order.

    Who stands in front and finds the quota of their own school or region used up does not hold up those behind, whose quota
    is another; once theirs has room they come first.
    """
    taken: Counter[UUID | tuple[UUID, UUID] | None] = Counter()
    for one in inside:
        taken.update(_kept(one))
    found: list[UUID] = []
    for one in sorted(queue, key=lambda each: each.number):
        quota = room.quotas.get(one.invitation_id, Quota())
        limits = (room.places, quota.places, quota.school_places)
        if all(limit is None or taken[of] < limit for of, limit in zip(_kept(one), limits, strict=True)):
            taken.update(_kept(one))
            found.append(one.id)
    return found


def _kept(one: Queued) -> tuple[None, UUID, tuple[UUID, UUID]]:
    """What somebody takes a place of: of all, of the invitation's, of the school's in it."""
    return None, one.invitation_id, (one.invitation_id, one.school_id)
