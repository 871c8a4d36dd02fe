"""Who of a list is somebody whom the directory knows: exactly as written, or offered with the reason, never guessed."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from services.scheduling.matching.model import Asked, Known, Match, Offer, Unit
from shared.pinyin import spelt
from shared.sheets.words import close
from shared.text import Sentence

_MOST, _FEW = 5, 10  # offers for one person; units that one writing may stand for
_SHORT = 2  # characters of a name of which one is too much to differ
_HAN = "零一二三四五六七八九"
_NUMBER = re.compile(r"\d{1,2}|[一二三四五六七八九十]+(?=[^一二三四五六七八九十]|$)")
_COUNTY = 6


class Units:
    """Finds units by what is written for them: a register of thousands is looked through once for each new writing."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._called: dict[str, list[Unit]] = defaultdict(list)
        # A unit that is written shorter or with a slip still has its number: only those of the same can be meant.
        self._numbered: dict[str, list[tuple[str, Unit]]] = defaultdict(list)
        self._found: dict[str, tuple[tuple[Unit, ...], Mapping[Unit, Sentence]]] = {}
        for unit in units:
            name = same(unit.name)
            self._called[name].append(unit)
            self._numbered[_number(name)].append((name, unit))

    def find(self, *written: str) -> tuple[tuple[Unit, ...], Mapping[Unit, Sentence]]:
        """The units that are called so; where there are none, those that may be meant, each with the reason.

        written: in the ways that it may be called in whole; the longest that is somebody's name counts.
        """
        found = [self._once(name) for name in reversed(written)]
        exact = next((units for units, _ in found if units), ())
        near = next((reasons for _, reasons in found if reasons), {})
        return exact, {} if exact else near

    def _once(self, written: str) -> tuple[tuple[Unit, ...], Mapping[Unit, Sentence]]:
        if written not in self._found:
            self._found[written] = self._find(written)
        return self._found[written]

    def _find(self, written: str) -> tuple[tuple[Unit, ...], Mapping[Unit, Sentence]]:
        name = same(written)
        if not name:
            return (), {}
        if exact := self._called.get(name):
            return tuple(exact), {}
        near: dict[Unit, Sentence] = {}
        for known, unit in self._numbered.get(_number(name), ()):
            if _abbreviates(name, known):
                near[unit] = Sentence(zh=f"“{written}”可能是“{unit.name}”的简称", en=f"“{written}” may be short for “{unit.name}”")  # fmt: skip
            elif _slip(name, known):
                near[unit] = Sentence(zh=f"单位只差一个字：名录中是“{unit.name}”", en=f"The unit differs by one character: “{unit.name}” in the directory")  # fmt: skip
        return (), near


class People:
    """Those whom the directory knows, as far as a list needs them."""

    def __init__(self, units: Units, people: Iterable[Known]) -> None:
        self._units = units
        self._by_name: dict[str, list[Known]] = defaultdict(list)
        self._at: dict[Unit, list[Known]] = defaultdict(list)
        for person in people:
            self._by_name[close(person.name)].append(person)
            self._at[person.unit].append(person)

    def match(self, asked: Asked) -> Match:
        """What is known of one."""
        exact, reasons = self._units.find(*asked.units)
        named = self._by_name.get(close(asked.name), [])
        here = [person for person in named if person.unit in exact]
        there = [person for person in here if not person.left]
        unit = exact[0] if len(exact) == 1 else None
        if len(there) == 1:
            return Match(there[0], unit)
        offers = [Offer(person, _why_here(person, len(there))) for person in here]
        offers += [
            Offer(person, reasons[person.unit], likely=not person.left)
            for person in named
            if person.unit in reasons
        ]
        for unit in (*exact, *few(reasons)):
            for person in self._at.get(unit, ()):
                if not person.left and (reason := _alike(asked.name, person)):
                    offers.append(
                        Offer(person, reason, likely=bool(asked.post) and asked.post == person.post)
                    )
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


def few(units: Mapping[Unit, Sentence]) -> tuple[Unit, ...]:
    """The units that may be meant, where they are few; 一中 alone stands for hundreds, and then a name must be exact."""
    return tuple(units) if len(units) <= _FEW else ()


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
    if mine == theirs or not mine or mine[:1] != theirs[:1]:
        return None
    if spelt(mine, person=True) == spelt(theirs, person=True):
        return Sentence(
            zh=f"读音相同：名录中是“{theirs}”", en=f"Sounds the same: “{theirs}” in the directory"
        )
    if not _slip(mine, theirs):
        return None
    if len(mine) == len(theirs) <= _SHORT:
        return None
    return Sentence(
        zh=f"姓名只差一个字：名录中是“{theirs}”",
        en=f"The name differs by one character: “{theirs}” in the directory",
    )


def _abbreviates(short: str, full: str) -> bool:
    """Whether 二小 may stand for 第二小学: its characters in their order, the same numbers, the same campus."""
    if not 1 < len(short) < len(full) or ("(" in short) != ("(" in full):
        return False
    rest = iter(full)
    return all(sign in rest for sign in short)


def _number(name: str) -> str:
    """The number that a unit has, which stands last: in 七星关区第二小学 it is 二."""
    found: list[str] = _NUMBER.findall(name)
    return found[-1] if found else ""


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
