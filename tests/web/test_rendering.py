"""Words: the reader's language, and moments as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.text import Sentence
from shared.web.rendering import moment, period, say
from tests.builders import NOW, House


@pytest.mark.parametrize(
    ("cookie", "accepts", "sees"),
    [
        ("en", "zh-CN", "en"),
        ("zh", "en", "zh"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "fr", "zh"),
        (None, None, "zh"),
        ("xx", None, "zh"),
    ],
)
def test_the_language_of_a_reader(toy: House, cookie: str | None, accepts: str | None, sees: str) -> None:
    headers = {"Accept-Language": accepts} if accepts else {}

    assert toy.client(language=cookie).get("/exchange/language", headers=headers).text == sees


@pytest.mark.parametrize(
    ("when", "zh", "en"),
    [
        (NOW, "今天 09:00", "today 09:00"),
        (NOW - timedelta(days=1), "昨天 09:00", "yesterday 09:00"),
        (NOW + timedelta(hours=16), "明天 01:00", "tomorrow 01:00"),
        (datetime(2025, 6, 9, 0, 30, tzinfo=UTC), "6月9日 周一 08:30", "Mon 9 Jun 08:30"),
        (datetime(2026, 1, 1, 0, 0, tzinfo=UTC), "2026年1月1日 周四 08:00", "Thu 1 Jan 2026 08:00"),
    ],
)
def test_moments_as_people_say_them(toy: House, when: datetime, zh: str, en: str) -> None:
    app = toy.app()

    with app.test_request_context(headers={"Cookie": "language=zh"}):
        assert moment(when) == zh
    with app.test_request_context(headers={"Cookie": "language=en"}):
        assert moment(when) == en


def test_a_period_says_its_day_once(toy: House) -> None:
    start = datetime(2025, 6, 9, 0, 30, tzinfo=UTC)

    with toy.app().test_request_context(headers={"Cookie": "language=zh"}):
        assert period(start, start + timedelta(hours=3)) == "6月9日 周一 08:30–11:30"
        assert period(start, start + timedelta(days=1)) == "6月9日 周一 08:30–6月10日 周二 08:30"


def test_a_sentence_that_is_not_there_says_nothing(toy: House) -> None:
    with toy.app().test_request_context(headers={"Cookie": "language=en"}):
        assert [say(None), say(Sentence(zh="好。", en="Good."))] == ["", "Good."]
