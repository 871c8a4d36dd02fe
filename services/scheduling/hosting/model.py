"""For which region somebody may host, and what is theirs because a region of theirs hosts it."""

import re
from collections.abc import Iterable

from services.scheduling.plans.model import EVERYWHERE
from shared.auth import Role, covers
from shared.errors import Forbidden, Invalid
from shared.text import Sentence

#: Who plans. What a planner sees and changes lies in the scopes of these grants.
PLANNERS: tuple[Role, ...] = ("administrator", "coordinator")

_REGION = re.compile("[0-9]{6}")


def may_host(scopes: Iterable[str], region: str) -> bool:
    """Whether somebody who plans within `scopes` may host for `region`, and so change what it hosts."""
    return any(covers(scope, region=region) for scope in scopes)


def scope_of(region: str) -> str:
    """The scope of what lies in a region that hosts."""
    return "all" if region == EVERYWHERE else f"region:{region}"


def own_regions(scopes: Iterable[str]) -> tuple[str, ...]:
    """The regions that somebody's grants name, the widest first; `EVERYWHERE` where a grant covers all."""
    regions = {
        EVERYWHERE if scope == "all" else scope.removeprefix("region:")
        for scope in scopes
        if scope == "all" or scope.startswith("region:")
    }
    return tuple(sorted(regions))


def host_for(chosen: str, scopes: Iterable[str]) -> str:
    """The region that hosts: the one chosen, or the only one there is to choose.

    Raises Invalid where it has to be chosen, Forbidden where it is not theirs.
    """
    scopes = tuple(scopes)
    own = own_regions(scopes)
    if not chosen and len(own) == 1:
        return own[0]
    if not _REGION.fullmatch(chosen):
        raise Invalid(
            Sentence(zh="请选择以哪个区域的名义主办。", en="Choose for which region you host it."),
            field="host_region",
        )
    if not may_host(scopes, chosen):
        raise Forbidden(
            Sentence(zh="你不能以这个区域的名义主办活动。", en="You may not host sessions for this region."),
            field="host_region",
        )
    return chosen
