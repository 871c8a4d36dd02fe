"""The holidays and make-up workdays that were announced for the years that this release knows (国务院办公厅, each November).

What an administrator enters goes before them; a year that is not here yet follows its weekdays until somebody enters it.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

#: First and last day of each holiday, and what it is called.
_OFF = (
    ("2025-01-01", "2025-01-01", "元旦"),
    ("2025-01-28", "2025-02-04", "春节"),
    ("2025-04-04", "2025-04-06", "清明节"),
    ("2025-05-01", "2025-05-05", "劳动节"),
    ("2025-05-31", "2025-06-02", "端午节"),
    ("2025-10-01", "2025-10-08", "国庆节、中秋节"),
    ("2026-01-01", "2026-01-03", "元旦"),
    ("2026-02-15", "2026-02-23", "春节"),
    ("2026-04-04", "2026-04-06", "清明节"),
    ("2026-05-01", "2026-05-05", "劳动节"),
    ("2026-06-19", "2026-06-21", "端午节"),
    ("2026-09-25", "2026-09-27", "中秋节"),
    ("2026-10-01", "2026-10-07", "国庆节"),
)

_WORKDAYS = (
    "2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11",
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
)  # fmt: skip


def _announced() -> Iterator[tuple[str, bool]]:
    for first, last, _name in _OFF:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            yield day.isoformat(), False
            day += timedelta(days=1)
    for text in _WORKDAYS:
        yield text, True


#: Whether people work on each of these days.
ANNOUNCED: Mapping[str, bool] = dict(_announced())
