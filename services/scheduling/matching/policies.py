"""Who of a list is somebody whom the directory knows: exactly as written, or offered with the reason, never guessed."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from services.scheduling.matching.model import Asked, Known, Match, Offer, Unit
from shared.pinyin import spelt
from shared.sheets.words import close
from shared.text import Sentence

_MOST = 5  # offers for one person
_SHORT = 2  # characters of a name of which one is too much to differ
_HAN = "零一二三四五六七八九"
_NUMBER = re.compile(r"\d{1,2}|[一二三四五六七八九十]+(?=[^一二三四五六七八九十]|$)")
_COUNTY = 6


def resolve(
    written: str, units: Iterable[Unit]
) -> tuple[tuple[Unit, ...], tuple[tuple[Unit, Sentence], ...]]:
    """The units that are called so, and those that may be meant, each with the reason."""
    name = same(written)
    exact, near = [], []
    for unit in units:
        known = same(unit.name)
        if known == name:
            exact.append(unit)
        elif _abbreviates(name, known):
            near.append((unit, Sentence(zh=f"“{written}”可能是“{unit.name}”的简称", en=f"“{written}” may be short for “{unit.name}”")))  # fmt: skip
        elif _slip(name, known) and _numbers(name) == _numbers(known):
            near.append((unit, Sentence(zh=f"单位只差一个字：名录中是“{unit.name}”", en=f"The unit differs by one character: “{unit.name}” in the directory")))  # fmt: skip
    return tuple(exact), tuple(near)


class People:
    """Those whom the directory knows, as far as a list needs them."""

    def __init__(self, units: Iterable[Unit], people: Iterable[Known]) -> None:
        self._units = tuple(units)
        self._by_name: dict[str, list[Known]] = defaultdict(list)
        self._at: dict[Unit, list[Known]] = defaultdict(list)
        self._resolved: dict[str, tuple[tuple[Unit, ...], tuple[tuple[Unit, Sentence], ...]]] = {}
        for person in people:
            self._by_name[close(person.name)].append(person)
            self._at[person.unit].append(person)

    def match(self, asked: Asked) -> Match:
        """What is known of one."""
        exact, near = self.units(asked.unit)
        named = self._by_name[close(asked.name)]
        here = [person for person in named if person.unit in exact]
        there = [person for person in here if not person.left]
        unit = exact[0] if len(exact) == 1 else None
        if len(there) == 1:
            return Match(there[0], unit)
        offers = [Offer(person, _why_here(person, len(there))) for person in here]
        reasons = dict(near)
        offers += [Offer(person, reasons[person.unit]) for person in named if person.unit in reasons]
        for unit in (*exact, *reasons):
            for person in self._at[unit]:
                if not person.left and (reason := _alike(asked.name, person)):
                    offers.append(Offer(person, reason))
        counties = {unit.region_code[:_COUNTY] for unit in (*exact, *reasons)}
        offers += [
            Offer(
                person,
                Sentence(
                    zh=f"同县同名，但在“{person.unit.name}”",
                    en=f"The same name in the same county, but at “{person.unit.name}”",
                ),
            )
            for person in named
            if person.unit.region_code in counties and not person.left
        ]
        once = {offer.person.id: offer for offer in reversed(offers)}
        kept = [offer for offer in offers if once.get(offer.person.id) is offer]
        return Match(unit=unit, offers=tuple(kept[:_MOST]))

    def units(self, written: str) -> tuple[tuple[Unit, ...], tuple[tuple[Unit, Sentence], ...]]:
        """`resolve`, once for each unit that is written."""
        if written not in self._resolved:
            self._resolved[written] = resolve(written, self._units) if written else ((), ())
        return self._resolved[written]


def same(name: str) -> str:
    """A unit's name however it is typed: brackets and digits of either width, 2 for 二."""
    bare = close(name).replace(" ", "").replace("（", "(").replace("）", ")")
    return _NUMBER.sub(lambda match: _han(match[0]), bare)


def _why_here(person: Known, count: int) -> Sentence:
    if person.left:
        return Sentence(zh="姓名和单位都相同，但名录中已登记为离开", en="Name and unit are the same, but the directory has them as having left")  # fmt: skip
    return Sentence(
        zh=f"这个单位有 {count} 位同名的人" + (f"，这一位是{person.post}" if person.post else ""),
        en=f"{count} people of that name are at the unit"
        + (f"; this is the {person.post}" if person.post else ""),
    )


def _alike(name: str, person: Known) -> Sentence | None:
    """Why somebody at the unit may be meant although the name is written differently."""
    mine, theirs = close(name), close(person.name)
    if mine == theirs or not mine or not theirs:
        return None
    if spelt(mine, person=True) == spelt(theirs, person=True):
        return Sentence(
            zh=f"读音相同：名录中是“{theirs}”", en=f"Sounds the same: “{theirs}” in the directory"
        )
    if mine[0] != theirs[0] or not _slip(mine, theirs):
        return None
    if len(mine) == len(theirs) <= _SHORT:
        return None
    return Sentence(
        zh=f"姓名只差一个字：名录中是“{theirs}”",
        en=f"The name differs by one character: “{theirs}” in the directory",
    )


def _abbreviates(short: str, full: str) -> bool:
    """Whether 二小 may stand for 第二小学: its characters in their order, the same numbers, the same campus."""
    if not 1 < len(short) < len(full) or _numbers(short) != _numbers(full) or ("(" in short) != ("(" in full):
        return False
    rest = iter(full)
    return all(sign in rest for sign in short)


def _numbers(name: str) -> list[str]:
    return _NUMBER.findall(name)


def _slip(one: str, other: str) -> bool:
    """Whether one character more, less or other makes one of the other."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1 or one == other:
        return False
    at = next((index for index, sign in enumerate(one) if sign != other[index]), len(one))
    return one[at:] == other[at + 1 :] if len(one) < len(other) else one[at + 1 :] == other[at + 1 :]


def _han(number: str) -> str:
    if not number.isascii():
        return number
    tens, ones = divmod(int(number), 10)
    return f"{_HAN[tens] if tens > 1 else ''}{'十' if tens else ''}{_HAN[ones] if ones else ''}" or number


def match_all(asked: Sequence[Asked], people: People) -> list[Match]:
    """What is known of each, in their order. Nobody is found twice: the second of two is offered."""
    taken = set()
    found = []
    for one in asked:
        match = people.match(one)
        if match.found and match.found.id in taken:
            reason = Sentence(zh="与名单中另一人相同", en="The same as somebody else on the list")
            match = Match(unit=match.unit, offers=(Offer(match.found, reason),))
        elif match.found:
            taken.add(match.found.id)
        found.append(match)
    return found
