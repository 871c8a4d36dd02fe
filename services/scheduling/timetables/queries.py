"""A programme's timetable as offices put it on paper: one line for each time that a session takes place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from services.scheduling.plans.model import ZONE, Leader
from services.scheduling.sessions.queries import SessionRow
from shared.text import Language, Sentence

_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Once that a session takes place, in the zone that people live by."""

    session: SessionRow
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str

    @property
    def day(self) -> date:
        """The day that it begins on."""
        return self.starts_at.date()

    @property
    def times(self) -> str:
        """From and to, as agendas write it: 8:30—12:00."""
        start, end = self.starts_at, self.ends_at
        return f"{start.hour}:{start:%M}—{end.hour}:{end:%M}"

    @property
    def half(self) -> Sentence:
        """The part of the day that it begins in."""
        if self.starts_at.hour < 12:  # noqa: PLR2004  noon
            return Sentence(zh="上午", en="Morning")
        if self.starts_at.hour < 18:  # noqa: PLR2004  evening
            return Sentence(zh="下午", en="Afternoon")
        return Sentence(zh="晚上", en="Evening")


def lines_of(sessions: Iterable[SessionRow]) -> list[Line]:
    """The lines of all sessions that are to take place, by time."""
    lines = [
        Line(
            session=session,
            starts_at=occurrence.starts_at.astimezone(ZONE),
            ends_at=occurrence.ends_at.astimezone(ZONE),
            place=occurrence.place,
            link=occurrence.link,
        )
        for session in sessions
        if session.state not in {"cancelled", "postponed"}
        for occurrence in session.occurrences
    ]
    return sorted(lines, key=lambda line: (line.starts_at, line.ends_at, line.session.title))


def by_day(lines: Sequence[Line]) -> list[tuple[date, list[Line]]]:
    """The lines under their days."""
    return [(day, list(of_day)) for day, of_day in groupby(lines, key=lambda line: line.day)]


def day_in_words(day: date, language: Language) -> str:
    """A day as a printed sheet names it: 2025年6月9日（星期一）."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}）"
    return f"{day:%A}, {day.day} {day:%B} {day.year}"


def led_by(leaders: Sequence[Leader], language: Language) -> str:
    """Who leads, hosts marked as such where there are speakers, too."""
    speak = [leader.name for leader in leaders if leader.role == "speaker"]
    host = [leader.name for leader in leaders if leader.role == "host"]
    between = "、" if language == "zh" else ", "
    if not host or not speak:
        return between.join([*speak, *host])
    return f"{between.join(speak)}；主持：{between.join(host)}" if language == "zh" else f"{between.join(speak)}; chaired by {between.join(host)}"  # fmt: skip


#: The columns of an agenda sheet; what is written so is read so again.
COLUMNS = (
    Sentence(zh="日期", en="Date"),
    Sentence(zh="时间", en="Time"),
    Sentence(zh="内容", en="Content"),
    Sentence(zh="形式", en="Form"),
    Sentence(zh="主讲/主持", en="Speakers"),
    Sentence(zh="地点", en="Place"),
    Sentence(zh="线上链接", en="Online link"),
    Sentence(zh="备注", en="Remarks"),
)


def cells_of(line: Line, language: Language, called: Mapping[str, Sentence]) -> tuple[str, ...]:
    """A line under COLUMNS."""
    session = line.session
    return (
        day_in_words(line.day, language),
        line.times,
        session.title,
        called[session.kind].in_language(language) if session.kind in called else session.kind,
        led_by(session.leaders, language),
        line.place,
        line.link,
        session.note,
    )
