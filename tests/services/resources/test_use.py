"""Use is counted once: double clicks by a window that slides, robots not at all, and a rebuild says the same again."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from services.resources.app import service
from services.resources.use.commands import count, note, rebuild, record_lesson
from services.resources.use.model import Count, Kind
from services.resources.use.policies import NO_SCHOOL, Clicked, counted
from shared.errors import Invalid, Refusal
from shared.ids import named
from tests.builders import DELINGHA, GOLMUD, House, house

ITEM, FILE, OTHER = named("item", "fractions"), named("file", "plan"), named("file", "film")
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
START = datetime(2025, 6, 3, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def house_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(service, tmp_path_factory.mktemp("use")) as made:
        yield made


def clicked(*seconds: float, reader: str = "chen", thing: UUID = ITEM, kind: str = "view") -> list[Clicked]:
    return [Clicked(START + timedelta(seconds=each), reader, kind, thing, GOLMUD) for each in seconds]


@pytest.mark.parametrize(
    ("seconds", "uses"),
    [
        ((0,), 1),
        ((9, 11), 1),  # fixed buckets of ten seconds would say 2
        ((0, 30), 1),
        ((0, 30.001), 2),
        ((0, 29, 58, 87, 116), 1),  # from click to click, however long the row is
        ((0, 29, 60), 2),
    ],
)
def test_clicks_that_follow_each_other_within_thirty_seconds_are_one_use(
    seconds: tuple[float, ...], uses: int
) -> None:
    assert counted(clicked(*seconds), since=START)[GOLMUD, "view"] == uses


def test_another_reader_another_file_and_another_way_are_uses_of_their_own() -> None:
    clicks = [
        *clicked(0),
        *clicked(1, reader="li"),
        *clicked(2, thing=FILE, kind="download"),
        *clicked(3, thing=OTHER, kind="download"),
        *clicked(4, thing=OTHER, kind="play"),
    ]
    assert counted(clicks, since=START) == {
        (GOLMUD, "view"): 2,
        (GOLMUD, "download"): 2,
        (GOLMUD, "play"): 1,
    }


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 3000), max_size=40), st.integers(0, 3000))
def test_two_days_counted_apart_come_to_what_they_are_together(moments: list[int], border: int) -> None:
    clicks = clicked(*sorted(moments))
    middle = START + timedelta(seconds=border)
    first = counted([each for each in clicks if each.at < middle], since=START)
    second = counted([each for each in clicks if each.at >= middle - timedelta(seconds=30)], since=middle)
    assert (first + second)[GOLMUD, "view"] == counted(clicks, since=START)[GOLMUD, "view"]


def click(
    made: House, *, reader: str = "chen", kind: Kind = "view", school: UUID | None = GOLMUD, after: float = 0
) -> None:
    made.clock.move(timedelta(seconds=after))
    made.database.run(
        lambda tx: note(tx, item_id=ITEM, kind=kind, who=reader, agent=BROWSER, school_id=school),
        actor="account:chen",
    )


def figures(made: House) -> dict[tuple[UUID, str, date], int]:
    with made.database.reading() as db:
        return {(row.school_id, row.kind, row.day): row.number for row in db.scalars(sa.select(Count))}


def test_figures_are_made_of_the_rows_grow_with_them_and_can_be_made_again(either: House) -> None:
    for after in (0, 10, 25, 31):
        click(either, after=after)
    click(either, reader="he", school=DELINGHA, kind="download")
    click(either, reader="li", school=None)
    day = date(2025, 6, 3)
    wanted = {(GOLMUD, "view", day): 2, (DELINGHA, "download", day): 1, (NO_SCHOOL, "view", day): 1}

    assert either.database.run(count, actor="service:resources") == 6
    assert figures(either) == wanted
    assert either.database.run(count, actor="service:resources") == 0
    click(either, after=5)
    click(either, after=40)
    either.database.run(count, actor="service:resources")
    wanted[GOLMUD, "view", day] = 3
    assert figures(either) == wanted

    with either.database.begin() as db:
        db.execute(sa.update(Count).values(number=99))
    assert rebuild(either.database, actor="operator:test") == (1, 1)
    assert figures(either) == wanted
    assert rebuild(either.database, actor="operator:test") == (1, 0)


@pytest.mark.parametrize(
    "agent",
    [
        "",
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "curl/8.5.0",
        "python-requests/2.34",
        "Wget/1.21",
    ],
)
def test_robots_and_programs_leave_no_trace(house_: House, agent: str) -> None:
    assert not house_.database.run(
        lambda tx: note(tx, item_id=ITEM, kind="view", who="x", agent=agent, school_id=None),
        actor="service:resources",
    )
    assert house_.database.run(count, actor="service:resources") == 0


def test_a_lesson_is_written_down_once_and_not_before_it_was_taught(either: House) -> None:
    def taught(day: date) -> None:
        either.database.run(
            lambda tx: record_lesson(
                tx, item_id=ITEM, school_id=GOLMUD, day=day, grade="六年级", pupils=41, remark=""
            ),
            actor="account:chen",
        )

    taught(date(2025, 6, 2))
    with pytest.raises(Refusal, match="already"):
        taught(date(2025, 6, 2))
    with pytest.raises(Invalid, match="later than today"):
        taught(date(2025, 6, 4))
    assert figures(either) == {(GOLMUD, "taught", date(2025, 6, 2)): 1}
    assert rebuild(either.database, actor="operator:test") == (1, 0)
