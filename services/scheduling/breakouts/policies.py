"""How people are dealt into groups, and who may do it. Pure."""

from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from typing import Literal, TypeVar

from services.scheduling.hosting.model import PLANNERS
from shared.auth import Rule, holders, readers

#: mixed: people of one unit are spread over the groups; together: they stay in one as far as the sizes allow.
How = Literal["mixed", "together"]

MAY: Mapping[Literal["see", "divide"], Rule] = {"see": readers(*PLANNERS), "divide": holders(*PLANNERS)}

_T = TypeVar("_T", bound=Hashable)


def deal(people: Sequence[tuple[_T, str]], *, number: int, how: How) -> list[list[_T]]:
    """Each of the people (who, and their unit) in one of `number` groups whose sizes differ by one at most.

    Within a group the order of the list is kept; units come in the order in which the list has them first.
    """
    by_unit: dict[str, list[_T]] = {}
    for who, unit in people:
        by_unit.setdefault(unit, []).append(who)
    in_units = [who for several in by_unit.values() for who in several]
    if how == "mixed":
        groups = [in_units[start::number] for start in range(number)]
    else:
        size, more = divmod(len(in_units), number)
        bounds = [group * size + min(group, more) for group in range(number + 1)]
        groups = [in_units[start:end] for start, end in pairwise(bounds)]
    place = {who: index for index, (who, _) in enumerate(people)}
    return [sorted(group, key=place.__getitem__) for group in groups]
