"""The home page: what waits first, cards that may be away, counts, and the choice of a scope."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from services.directory.accounts.commands import ADMINISTRATOR
from services.directory.home.policies import greeting, heading, today, urgency
from shared.auth import Grant, Principal
from shared.auth.tokens import Signer
from shared.ids import uuid7
from shared.web.rendering import ZONE
from tests.builders import DELINGHA, NOW, House, counted
from tests.services.directory.test_tasks import TASK, task

COORDINATOR = "coordinator@region:632800"
LOCAL = NOW.astimezone(ZONE)


def test_what_waits_comes_first_with_its_button(directory: House) -> None:
    directory.hear(task(due=NOW + timedelta(hours=2)))

    page = directory.client(COORDINATOR).get("/").text

    assert "今天有 1 件事等你" in page
    assert page.index("发布活动") < page.index("/scheduling/card")
    assert "今天到期" in page
    assert 'class="button button--primary" href="/scheduling/sessions/1"' in page


def test_it_is_shown_whoever_else_is_down(directory: House) -> None:
    """Nothing but directory's own database is asked; the cards of the others are fetched by the browser."""
    directory.hear(task())
    with counted(directory.database) as queries:
        assert directory.client(COORDINATOR).get("/").status_code == 200

    assert len(queries) <= 8


def test_the_number_of_queries_does_not_grow_with_what_waits(directory: House) -> None:
    def queries() -> int:
        client = directory.client(COORDINATOR)
        client.get("/")
        with counted(directory.database) as sent:
            client.get("/")
        return len(sent)

    directory.hear(task())
    for_one = queries()
    directory.hear(*(task(task_id=uuid7()) for _ in range(60)))

    assert queries() == for_one
    assert "还有 53 件" in directory.client(COORDINATOR).get("/").text


def test_a_card_that_nobody_serves_is_honest_from_the_start(directory: House) -> None:
    page = directory.client(COORDINATOR).get("/").text

    assert "通知服务没有回应" in page
    assert "再试一次" in page


@pytest.mark.parametrize(("language", "says"), [("zh", "今天的事都办完了"), ("en", "All done for today")])
def test_nothing_waits_and_it_says_so(directory: House, language: str, says: str) -> None:
    page = directory.client(COORDINATOR, language=language).get("/").text

    assert says in page
    assert 'class="empty"' in page


def test_it_greets_by_name(directory: House) -> None:
    client = directory.app().test_client()
    who = Principal(account=ADMINISTRATOR, grants=(Grant.parse("administrator@all"),))
    client.set_cookie("tongxing", Signer(directory.key).sign(who, session=uuid7(), now=directory.clock()))
    client.set_cookie("language", "zh")

    assert "管理员，今天的事都办完了" in client.get("/").text


def test_html_in_a_sentence_stays_text(directory: House) -> None:

    directory.hear(msgspec.structs.replace(task(), sentence_zh="<script>alert(1)</script>"))

    page = directory.client(COORDINATOR).get("/").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize(
    ("due", "state", "words"),
    [
        (None, "open", "待处理"),
        (NOW - timedelta(minutes=1), "conflict", "今天已过期"),
        (NOW - timedelta(days=3), "conflict", "逾期 3 天"),
        (NOW - timedelta(days=14), "conflict", "逾期 14 天"),
        (NOW - timedelta(days=15), "plain", "日期已过"),
        (NOW - timedelta(days=531), "plain", "日期已过"),
        (NOW + timedelta(minutes=1), "due", "今天到期"),
        (NOW + timedelta(days=1), "due", "明天到期"),
        (NOW + timedelta(days=3), "waiting", "剩 3 天"),
        (NOW + timedelta(days=20), "waiting", "6月23日前"),
    ],
)
def test_how_urgent_it_is(due: datetime | None, state: str, words: str) -> None:
    found, sentence = urgency(due, now=NOW, zone=ZoneInfo("Asia/Shanghai"))

    assert (found, sentence.zh) == (state, words)


@pytest.mark.parametrize(
    ("hour", "name", "zh", "en"),
    [
        (7, "雷亮", "早上好 · 6月3日 星期二", "Good morning, 雷亮 · Tuesday, 3 June"),
        (9, "", "上午好 · 6月3日 星期二", "Good morning · Tuesday, 3 June"),
        (12, "Chen Lin", "中午好，Chen Lin · 6月3日 星期二", "Good afternoon · Tuesday, 3 June"),
        (
            20,
            "格尔木市第一中学联络员",
            "晚上好，格尔木市第一中学联络员 · 6月3日 星期二",
            "Good evening, 格尔木市第一中学联络员 · Tuesday, 3 June",
        ),
        (2, "雷亮", "晚上好 · 6月3日 星期二", "Good evening, 雷亮 · Tuesday, 3 June"),
    ],
)
def test_everybody_is_greeted_once_by_name(hour: int, name: str, zh: str, en: str) -> None:
    said = greeting(name, LOCAL.replace(hour=hour))

    assert (said.zh, said.en) == (zh, en)
    for language in ("zh", "en"):
        both = said.in_language(language) + heading(name, 2).in_language(language)
        assert not name or both.count(name) == 1


def test_what_is_long_past_waits_behind_what_can_be_done_in_time(directory: House) -> None:
    old, late, soon = uuid7(), uuid7(), uuid7()
    directory.hear(
        task(task_id=old, due=NOW - timedelta(days=531), link="/scheduling/sessions/old"),
        task(task_id=late, due=NOW - timedelta(days=2), link="/scheduling/sessions/late"),
        task(task_id=soon, due=NOW + timedelta(days=2), link="/scheduling/sessions/soon"),
    )

    page = directory.client(COORDINATOR).get("/").text

    assert page.index("/late") < page.index("/soon") < page.index("/old")
    assert "531" not in page
    assert "日期已过" in page


def test_the_heading_counts_in_both_languages() -> None:
    assert heading("陈老师", 4).zh == "陈老师，今天有 4 件事等你"
    assert heading("Chen Lin", 1).en == "Chen Lin, 1 thing waits for you today"
    assert heading("", 0).en == "All done for today"
    assert heading("陈老师", 0).en == "All done for today"  # an English page has no Chinese in its title
    assert heading("格尔木市第一中学联络员", 2).zh == "今天有 2 件事等你"
    assert today(LOCAL).zh == "6月3日 星期二"


def test_the_frame_is_told_how_much_waits_where(directory: House) -> None:
    directory.hear(task(), task(task_id=uuid7()))

    counts = directory.client(COORDINATOR).get("/waiting").text

    assert counts.count("hx-swap-oob") == 6
    assert '<span id="waiting-scheduling" class="count" hx-swap-oob="true">2<' in counts
    assert '<span id="waiting-notifications" class="count" hx-swap-oob="true"></span>' in counts


def test_the_register_at_a_glance_is_the_readers_own(directory: House) -> None:
    everything = directory.client("administrator@all").get("/directory/card").text
    own = directory.client(f"liaison@school:{DELINGHA}").get("/directory/card").text

    assert "22</a> 所学校" in everything
    assert "8</a> 人在本校名录中" in own


def test_somebody_looks_at_one_of_their_own_scopes(directory: House) -> None:
    client = directory.client(COORDINATOR, "coordinator@region:520502")

    chosen = client.post("/scope", data={"scope": "region:520502", "next": "/directory/schools"})

    assert (chosen.status_code, chosen.location) == (303, "/directory/schools")
    cookie = client.get_cookie("scope")
    assert cookie is not None
    assert cookie.decoded_value == "region:520502"
    client.post("/scope", data={"scope": ""})
    assert client.get_cookie("scope") is None


@pytest.mark.parametrize("scope", ["all", "region:630000", "school:1", "nonsense"])
def test_a_scope_that_is_not_theirs_is_refused(directory: House, scope: str) -> None:
    client = directory.client(COORDINATOR)

    assert client.post("/scope", data={"scope": scope}).status_code == 403
    assert client.get_cookie("scope") is None


def test_choosing_a_scope_sends_nobody_elsewhere(directory: House) -> None:
    answer = directory.client(COORDINATOR).post("/scope", data={"scope": "", "next": "//elsewhere.example"})

    assert answer.location == "/"


def test_a_link_of_a_task_is_a_path(directory: House) -> None:
    directory.hear(task(task_id=TASK, link="javascript:alert(1)"))

    assert "javascript:" not in directory.client(COORDINATOR).get("/").text


def test_the_chosen_scope_narrows_what_waits(directory: House) -> None:
    elsewhere = task(task_id=uuid7(), audiences=("coordinator@region:520502",))
    directory.hear(task(), elsewhere)
    client = directory.client(COORDINATOR, "coordinator@region:520502")
    assert "今天有 2 件事等你" in client.get("/").text

    client.post("/scope", data={"scope": "region:520502"})

    assert "今天有 1 件事等你" in client.get("/").text
    assert "2</a> 所学校" in client.get("/directory/card").text
