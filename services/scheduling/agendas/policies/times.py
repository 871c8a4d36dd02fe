"""How offices write times of a day: 8:30—12:00, 下午2:30至5:30, 8点半到12点, 0830-1200, 全天."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import time

from services.scheduling.agendas.model.sheets import Part, Times
from shared.sheets.parsers import BadCell
from shared.sheets.words import plain

_PARTS: tuple[tuple[str, Part], ...] = (
    (r"全天|整天|全日|(?<!第)一天|白天|whole day|full day|all day|day", "day"),
    (r"上午|早上|早晨|清晨|早|morning|a\.?m\.?", "morning"),
    (r"下午|午后|afternoon|p\.?m\.?", "afternoon"),
    (r"晚上|晚间|傍晚|夜间|晚|evening|night", "evening"),
)
_TO = r"\s*(?:[-–—―－~～〜]+|至|到|to|一)\s*"
_CLOCK = (
    r"(?P<before{n}>上午|中午|下午|晚上|早上|早晨|晚间|晚|早|[ap]\.?m\.?)?\s*"
    r"(?:(?P<h{n}>\d{{1,2}})\s*(?:[:.点时]\s*(?P<m{n}>\d{{1,2}}|半|一刻|三刻)?\s*分?)?|(?P<hm{n}>\d{{4}}))(?!\d)"
    r"\s*(?P<after{n}>[ap]\.?m\.?)?"
)
_RANGE = re.compile(_CLOCK.format(n=1) + _TO + _CLOCK.format(n=2), re.IGNORECASE)
_MOMENT = re.compile(_CLOCK.format(n=1), re.IGNORECASE)
_NOON, _NIGHT, _HOURS = 12, 6, 24
#: When parts of a day are, where the sheet itself gives no times for them.
_USUAL: Mapping[Part, Times] = {
    "morning": (time(8, 30), time(12)),
    "afternoon": (time(14, 30), time(17, 30)),
    "evening": (time(19), time(21)),
}
_LUNCH, _DUSK = time(12, 59), time(18)


@dataclass(frozen=True, slots=True)
class When:
    """Times of a day as written: from and to, or the part of the day alone. assumed: 2:30 was taken for the afternoon."""

    times: tuple[Times, ...] = ()
    part: Part | None = None
    assumed: bool = False


def read_when(text: str, part: Part | None = None) -> When | None:
    """The times that a text says, or None where it says none. part: what another column says of them.

    Raises BadCell for a time that does not exist, an end before its start, or a start without an end.
    """
    found = plain(text.replace("：", ":").replace("\n", " "))
    times, assumed = [], False
    for match in _RANGE.finditer(found):
        start, end, taken = _range(match, part or read_part(found))
        times.append((start, end))
        assumed = assumed or taken
    own = read_part(found)
    if times:
        return When(tuple(times), own or part, assumed)
    if _MOMENT.search(found) and re.search(r"\d\s*[:点时]|\d{4}", found):
        raise BadCell(
            f"“{found[:30]}”只有开始没有结束，请写成 8:30—12:00 的样子。",
            f"“{found[:30]}” has a start but no end. Write it like 8:30-12:00.",
        )
    return When((), own, assumed=False) if own else None


def without_times(text: str) -> str:
    """A text without the times that it begins with."""
    return _RANGE.sub("", text, count=1).strip(" ,，:：\n\t") if _RANGE.match(text.strip()) else text


def read_part(text: str) -> Part | None:
    """The part of the day that a text names first."""
    found = plain(text)
    at: list[tuple[int, Part]] = [
        (match.start(), part)
        for words, part in _PARTS
        if (match := re.search(rf"(?<![a-z])(?:{words})(?![a-z])", found, re.IGNORECASE))
    ]
    return min(at)[1] if at else None


def between(start: str, end: str, part: Part | None) -> Times:
    """The times of two columns. Raises BadCell."""
    when = read_when(f"{start}-{end}", part) if end else None
    if when is None or not when.times:
        raise BadCell(
            f"“{start[:20]}”到“{end[:20]}”看不出起止时间。", f"“{start[:20]}” to “{end[:20]}” are no times."
        )
    return when.times[0]


def usual_times(written: Collection[Times]) -> Mapping[Part, Times]:
    """When the parts of a day are in an agenda: the times that it writes most often, else those of most offices."""
    found: dict[Part, Times] = {}
    for part, (start, end) in _USUAL.items():
        mine = [times for times in written if _part_of(times) == part]
        starts, ends = (Counter(times[side] for times in mine).most_common(1) for side in (0, 1))
        found[part] = (starts[0][0], ends[0][0]) if starts and starts[0][0] < ends[0][0] else (start, end)
    return {**found, "day": (found["morning"][0], found["afternoon"][1])}


def _part_of(times: Times) -> Part:
    start, end = times
    if start >= _DUSK:
        return "evening"
    return "morning" if end <= _LUNCH else "afternoon" if start >= time(12) else "day"


def _range(match: re.Match[str], part: Part | None) -> tuple[time, time, bool]:
    start, assumed = _clock(match, 1, part)
    later = part if not match["before2"] else None
    end, taken = _clock(match, 2, later)
    assumed = assumed or taken
    if assumed or (end <= start and end.hour < _NOON and not match["before2"] and match["after2"] is None):
        # 下午2:30-5:30 and 11:00-1:30 are written so; nobody means the night.
        moved = end.replace(hour=end.hour + _NOON) if end.hour < _NOON else end
        if moved > start and (assumed or end.hour < _NIGHT):
            end, assumed = moved, True
    if end <= start:
        raise BadCell(
            f"结束时间 {end:%H:%M} 不晚于开始时间 {start:%H:%M}。",
            f"It ends at {end:%H:%M}, not after it starts at {start:%H:%M}.",
        )
    return start, end, assumed


def _clock(match: re.Match[str], n: int, part: Part | None) -> tuple[time, bool]:
    """The time, and whether a small hour that nothing explains was taken for the afternoon."""
    if match[f"hm{n}"]:
        hour, minute = int(match[f"hm{n}"][:2]), int(match[f"hm{n}"][2:])
    else:
        said = {"半": 30, "一刻": 15, "三刻": 45}
        hour, text = int(match[f"h{n}"]), match[f"m{n}"] or "0"
        minute = said[text] if text in said else int(text)
    if hour >= _HOURS or minute >= 60:  # noqa: PLR2004  minutes of an hour
        raise BadCell(
            f"没有 {hour}:{minute:02d} 这个时间。", f"There is no such time as {hour}:{minute:02d}."
        )
    word = match[f"before{n}"] or match[f"after{n}"]
    spoken = read_part(word) if word else None
    spoken = spoken or part
    if spoken in {"afternoon", "evening"} and hour < _NOON:
        return time(hour + _NOON, minute), False
    if spoken is None and hour < _NIGHT:
        return time(hour + _NOON, minute), True
    return time(hour, minute), False
