"""What templates share: both languages, moments as people say them, the frame and its services."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, request
from jinja2 import BytecodeCache, ChoiceLoader, PackageLoader
from jinja2.bccache import Bucket

from shared.auth import SIGNED_IN, readers
from shared.text import Sentence
from shared.web.edge import edge, language, principal
from shared.web.scopes import choices
from shared.web.signing_in import renewal_due

#: All of China keeps one time; a region's own zone comes with the register of regions.
ZONE = ZoneInfo("Asia/Shanghai")

_DAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")

_PLANNERS = readers("administrator", "coordinator")
_READERS = readers("administrator", "coordinator", "liaison")

#: The rail: path, icon, what it is called, and who is offered it. Each page has its own rule all the same.
RAIL = (
    ("/", "home", Sentence(zh="首页", en="Home"), SIGNED_IN),
    ("/scheduling/", "session", Sentence(zh="活动与培训", en="Sessions"), _PLANNERS),
    ("/exchange/", "exchange", Sentence(zh="教师交流", en="Exchange"), SIGNED_IN),
    ("/resources/", "resource", Sentence(zh="资源与场地", en="Resources"), SIGNED_IN),
    ("/notifications/", "bell", Sentence(zh="通知", en="Notices"), _READERS),
    ("/directory/schools", "people", Sentence(zh="学校名录", en="Schools"), SIGNED_IN),
    ("/directory/accounts", "status", Sentence(zh="账号", en="Accounts"), _PLANNERS),
)


class _Compiled(BytecodeCache):
    """Templates as this process has compiled them: the frame is compiled once, however many services show it."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept of the same source; another source is compiled."""
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


def install(app: Flask) -> None:
    """Give templates of the application what they share."""
    own = app.jinja_loader
    app.jinja_loader = ChoiceLoader([*([own] if own else []), PackageLoader("shared.web", "templates")])
    app.jinja_env.bytecode_cache = _COMPILED
    app.jinja_env.filters.update(moment=moment, period=period, say=say)
    app.jinja_env.globals.update(t=t)
    app.context_processor(_context)


def t(zh: str, en: str) -> str:
    """The text in the reader's language."""
    return zh if language() == "zh" else en


def say(sentence: Sentence | None) -> str:
    """A sentence in the reader's language; nothing where there is none."""
    return sentence.in_language(language()) if sentence else ""


def moment(when: datetime) -> str:
    """今天 14:30, 6月9日 周一 08:30; the year where it is not this one."""
    now = edge().runtime.clock().astimezone(ZONE)
    local = when.astimezone(ZONE)
    return f"{_day(local, now)} {local:%H:%M}"


def period(start: datetime, end: datetime) -> str:
    """From when to when, with the day said once."""
    local, until = start.astimezone(ZONE), end.astimezone(ZONE)
    last = f"{until:%H:%M}" if local.date() == until.date() else moment(end)
    return f"{moment(start)}–{last}"


def _day(local: datetime, now: datetime) -> str:
    distance = (local.date() - now.date()).days
    if -1 <= distance <= 1:
        return (t("昨天", "yesterday"), t("今天", "today"), t("明天", "tomorrow"))[distance + 1]
    year = local.year != now.year
    if language() == "zh":
        return f"{f'{local.year}年' if year else ''}{local.month}月{local.day}日 {_DAYS[local.weekday()]}"
    return f"{local:%a} {local.day} {local:%b}{f' {local.year}' if year else ''}"


def _context() -> dict[str, Any]:
    asks = principal()
    rail = [(path, icon, name) for path, icon, name, rule in RAIL if rule.allows(asks)]
    return {
        "principal": asks,
        "language": language(),
        "here": request.path,
        "rail": rail,
        "choices": choices,
        "renewal": renewal_due(),
    }
