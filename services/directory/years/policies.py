"""When school years begin and end, and which one is to be closed."""

from datetime import date

from shared.text import Sentence

#: They begin on the first of September, and offices close them between the last lessons and the new rosters.
_BEGINS, _ENDS = 9, 6


def running(today: date) -> int:
    """The school year that a day lies in, by the year in which it began."""
    return today.year if today.month >= _BEGINS else today.year - 1


def due(today: date) -> int:
    """The school year that is to be closed: the one that ends this summer, or until June the one that ended last."""
    return today.year - 1 if today.month >= _ENDS else today.year - 2


def called(year: int) -> Sentence:
    """2025—2026 学年."""
    return Sentence(zh=f"{year}—{year + 1} 学年", en=f"school year {year}–{year + 1}")


def why_not_close(year: int, *, today: date, closed: bool) -> Sentence | None:
    """Why a school year cannot be closed, if it cannot."""
    name = called(year)
    if closed:
        return Sentence(
            zh=f"{name.zh}已经结转，数据不再改变。",
            en=f"The {name.en} is closed already; its figures stay as they are.",
        )
    if year > running(today):
        return Sentence(zh=f"{name.zh}还没有开始。", en=f"The {name.en} has not begun yet.")
    return None
