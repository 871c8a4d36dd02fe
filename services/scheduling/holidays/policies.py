"""What kind of day a day is: as the nearest region says, else as announced, else by the week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from shared.text import Sentence

_SATURDAY = 5

#: The words of the package, which has them in English alone.
_NAMES = {
    "New Year's Day": Sentence(zh="元旦", en="New Year’s Day"),
    "Spring Festival": Sentence(zh="春节", en="Spring Festival"),
    "Tomb-sweeping Day": Sentence(zh="清明节", en="Tomb-sweeping Day"),
    "Labour Day": Sentence(zh="劳动节", en="Labour Day"),
    "Dragon Boat Festival": Sentence(zh="端午节", en="Dragon Boat Festival"),
    "Mid-autumn Festival": Sentence(zh="中秋节", en="Mid-autumn Festival"),
    "National Day": Sentence(zh="国庆节", en="National Day"),
}
_WEEKEND = Sentence(zh="周末", en="a weekend")


@dataclass(frozen=True, slots=True)
class Named:
    """A day that a region's calendar names."""

    region_code: str
    day: date
    kind: str
    name: str


def why_free(day: date, named: Sequence[Named], *, region: str) -> Sentence | None:
    """Why nobody works on a day in a region; None on a workday, a made-up one among them."""
    for code in (region, f"{region[:4]}00", f"{region[:2]}0000", "000000"):
        for one in named:
            if one.day == day and one.region_code == code:
                return Sentence(zh=one.name, en=one.name) if one.kind == "holiday" else None
    holidays, workdays = announced()
    if (name := holidays.get(day)) is not None:
        return name
    return _WEEKEND if day.weekday() >= _SATURDAY and day not in workdays else None


@cache
def announced() -> tuple[Mapping[date, Sentence], frozenset[date]]:
    """Holidays with their names, and make-up workdays, as the State Council announced them (the package `chinesecalendar`).

    It ends with the last year that was announced; what follows, a region's own calendar says.
    """
    # Late, where days are looked at.
    from chinese_calendar.constants import holidays, workdays  # type: ignore[import-untyped]  # noqa: PLC0415

    return {day: _NAMES.get(name, Sentence(zh=name, en=name)) for day, name in holidays.items()}, frozenset(
        workdays
    )


def last_announced() -> int:
    """The last year whose holidays are known."""
    return max(announced()[0]).year
