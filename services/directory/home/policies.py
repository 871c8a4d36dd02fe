"""How the home page speaks: of the day, of what waits, and of how urgent each thing is."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.directory.tasks.model import LONG_PAST
from shared.text import Sentence

_DAYS_ZH = "一二三四五六日"
_SOON, _WEEKEND = 7, 5

#: The hours at which a new part of the day begins, for a greeting.
_PARTS = (
    (5, Sentence(zh="早上好", en="Good morning")),
    (9, Sentence(zh="上午好", en="Good morning")),
    (12, Sentence(zh="中午好", en="Good afternoon")),
    (14, Sentence(zh="下午好", en="Good afternoon")),
    (18, Sentence(zh="晚上好", en="Good evening")),
)

#: Characters of a name that one is greeted by; longer ones are those of offices.
_NAME = 6


def today(now: datetime) -> Sentence:
    """6月5日 星期四."""
    return Sentence(
        zh=f"{now.month}月{now.day}日 星期{_DAYS_ZH[now.weekday()]}"
        + (" · 周末" if now.weekday() >= _WEEKEND else ""),
        en=f"{now:%A}, {now.day} {now:%B}",
    )


def greeting(name: str, now: datetime) -> Sentence:
    """上午好 · 6月5日 星期四; with the name where the heading does not begin with it."""
    part = next((said for hour, said in reversed(_PARTS) if now.hour >= hour), _PARTS[-1][1])
    day = today(now)
    zh = f"{part.zh}，{name}" if len(name) > _NAME else part.zh
    en = f"{part.en}, {name}" if name and not name.isascii() else part.en
    return Sentence(zh=f"{zh} · {day.zh}", en=f"{en} · {day.en}")


def heading(name: str, waiting: int) -> Sentence:
    """The answer to why somebody came, first and big; by name where it is a person's, in the letters of the language."""
    zh = f"{name}，" if 0 < len(name) <= _NAME else ""
    en = f"{name}, " if name and name.isascii() else ""
    if not waiting:
        return Sentence(
            zh=f"{zh}今天的事都办完了", en=f"{en}all done for today" if en else "All done for today"
        )
    things = "1 thing waits" if waiting == 1 else f"{waiting} things wait"
    return Sentence(zh=f"{zh}今天有 {waiting} 件事等你", en=f"{en}{things} for you today")


def beginning_heading(left: int) -> Sentence:
    """What stands above the first steps instead: nothing is done yet, even where nothing waits."""
    return Sentence(
        zh=f"还有 {left} 步，就可以开始使用",
        en=f"{left} {'step' if left == 1 else 'steps'} to go before you can begin",
    )


def urgency(due: datetime | None, *, now: datetime, zone: ZoneInfo) -> tuple[str, Sentence]:
    """The chip of a task: its state and the words on it."""
    if due is None:
        return "open", Sentence(zh="待处理", en="To do")
    day = due.astimezone(zone).date()
    left = (day - now.astimezone(zone).date()).days
    return _late(-left) if due < now else _in_time(day, left)


def _late(days: int) -> tuple[str, Sentence]:
    if days > LONG_PAST:  # counting on says nothing any more
        return "plain", Sentence(zh="日期已过", en="Date has passed")
    return "conflict", Sentence(
        zh=f"逾期 {days} 天" if days else "今天已过期",
        en=f"{days} {'day' if days == 1 else 'days'} late" if days else "Late since today",
    )


def _in_time(day: date, left: int) -> tuple[str, Sentence]:
    if left == 0:
        return "due", Sentence(zh="今天到期", en="Due today")
    if left == 1:
        return "due", Sentence(zh="明天到期", en="Due tomorrow")
    if left <= _SOON:
        return "waiting", Sentence(zh=f"剩 {left} 天", en=f"{left} days left")
    return "waiting", _until(day)


def _until(day: date) -> Sentence:
    return Sentence(zh=f"{day.month}月{day.day}日前", en=f"By {day.day} {day:%b}")
