"""Who shall read which log: a pure rule."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet


def balanced(*, held: Mapping[int, str | None], wanted: Mapping[str, AbstractSet[int]]) -> dict[int, str]:
    """The reader of each log: as even as the members' wishes allow, moving as few logs as possible.

    held: each log and who has it now, if anybody. wanted: each living member and the logs that it would
    read. A log that nobody wants is left out. The same arguments always give the same answer.
    """
    shares: dict[str, set[int]] = {member: set() for member in sorted(wanted)}
    for log, holder in sorted(held.items()):
        candidates = [member for member in shares if log in wanted[member]]
        if holder in candidates:
            shares[holder].add(log)
    taken = set[int]().union(*shares.values())
    for log in sorted(held.keys() - taken):
        candidates = [member for member in shares if log in wanted[member]]
        if candidates:
            shares[min(candidates, key=lambda member: len(shares[member]))].add(log)
    while _evened(shares, wanted):
        pass
    return {log: member for member, logs in shares.items() for log in logs}


def _evened(shares: dict[str, set[int]], wanted: Mapping[str, AbstractSet[int]]) -> bool:
    """Move one log from a member to one that has at least two fewer; whether there was such a pair."""
    by_load = sorted(shares, key=lambda member: len(shares[member]))
    for rich in reversed(by_load):
        for poor in by_load:
            if len(shares[rich]) - len(shares[poor]) < 2:  # noqa: PLR2004  with one more it is even enough
                break
            movable = shares[rich] & wanted[poor]
            if movable:
                log = max(movable)
                shares[rich].remove(log)
                shares[poor].add(log)
                return True
    return False
