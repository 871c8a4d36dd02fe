"""Pages and JSON of programmes: who may come in, the days with what collides, the ways out, the roster, the release."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.scheduling.plans.model import ZONE, Leader, Occurrence, Plan
from services.scheduling.programmes.ui.days import HOUR, entries_of, grids_of
from services.scheduling.sessions.queries import SessionRow
from shared.contracts.directory import PersonChanged
from shared.contracts.scheduling import SessionReleased
from shared.ids import named
from shared.roster.keeping import keep_person
from tests.services.scheduling.world import END, GOLMUD, START, World

COORDINATOR = "coordinator@region:632800"
API = "/scheduling/api/v1/programmes"
WANG = named("person", "汪梅")
ROUTES = [
    ("GET", "/scheduling/programmes", 200),
    ("GET", "/scheduling/programmes/new", 200),
    ("POST", "/scheduling/programmes", 422),
    ("GET", "/scheduling/programmes/{id}", 200),
    ("GET", "/scheduling/programmes/{id}/revision", 200),
    ("POST", "/scheduling/programmes/{id}/revision", 422),
    ("POST", "/scheduling/programmes/{id}/release", 409),
    ("GET", "/scheduling/programmes/{id}/roster", 200),
    ("POST", "/scheduling/programmes/{id}/trainees", 422),
    ("POST", "/scheduling/programmes/{id}/trainees/entry", 409),
    ("GET", API, 200),
    ("POST", API, 422),
    ("GET", API + "/{id}", 200),
    ("PUT", API + "/{id}", 422),
    ("POST", API + "/{id}/release", 409),
    ("GET", API + "/{id}/trainees", 200),
    ("POST", API + "/{id}/trainees", 422),
]


def made(world: World, **said: object) -> UUID:
    """A programme with Wang on its roster, whom the directory has."""
    world.runtime.database.run(
        lambda tx: keep_person(
            tx, PersonChanged(person_id=WANG, version=1, name="汪梅", school_id=GOLMUD, post="校长")
        ),
        actor="service:test",
    )
    client = world.client(COORDINATOR)
    answer = client.post(API, json={"title": "教育集团化办学培训班", "hours": 64, **said})
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    return UUID(answer.json["id"])


def with_session(
    world: World, programme_id: UUID, title: str, *, days: int = 0, place: str = "报告厅"
) -> str:
    starts_at, ends_at = (moment + timedelta(days=days) for moment in (START, END))
    answer = world.client(COORDINATOR).post(
        "/scheduling/api/v1/sessions",
        json={
            "title": title,
            "kind": "lecture",
            "occurrences": [
                {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat(), "place": place}
            ],
            "leaders": [{"name": "专家A"}],
            "programme_id": str(programme_id),
        },
    )
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    return str(answer.json["id"])


def enrolled(world: World, programme_id: UUID) -> Any:
    return world.client(COORDINATOR).post(
        f"{API}/{programme_id}/trainees",
        json={
            "trainees": [{"name": "吕兰英", "unit": "都兰县教育局"}, {"name": "汪梅", "person_id": str(WANG)}]
        },
    )


@pytest.mark.parametrize(("method", "path", "answer"), ROUTES)
def test_who_may_come_in(world: World, method: str, path: str, answer: int) -> None:
    at = path.format(id=made(world))

    def knock(*grants: str) -> int:
        return world.client(*grants).open(at, method=method).status_code

    led_to_sign_in = method == "GET" and not path.startswith(API)
    assert knock() == (303 if led_to_sign_in else 401)
    assert knock(f"liaison@school:{GOLMUD}") == 403
    reads = method == "GET" and not path.endswith(("/new", "/revision"))
    assert knock("auditor@all") == (200 if reads else 403)
    assert knock(COORDINATOR) == answer
    if "{id}" in path and method == "GET":
        assert knock("coordinator@region:520502") == 404


def test_the_days_stand_side_by_side_and_what_collides_offers_its_ways_out(world: World) -> None:
    id_ = made(world)
    enrolled(world, id_)
    meeting = world.drafted(
        Plan(
            title="推进会",
            kind="training",
            occurrences=(Occurrence(starts_at=START, ends_at=END, place="礼堂"),),
            leaders=(Leader(name="汪梅", person_id=WANG),),
            invited_schools=(GOLMUD,),
        )
    )
    client = world.client(COORDINATOR)
    client.post(f"/scheduling/sessions/{meeting.id}/release")
    lesson = with_session(world, id_, "集团治理")
    with_session(world, id_, "资源共享", days=1)

    page = client.get(f"/scheduling/programmes/{id_}").text
    for words in ("6/10", "集团治理", "资源共享", "▲ 冲突", "《推进会》", "改到 6月10日 14:30", "1 名学员"):
        assert words in page, words

    refused = client.post(f"{API}/{id_}/release", json={})
    assert refused.json is not None
    assert (refused.status_code, refused.mimetype) == (409, "application/problem+json")
    assert [(each["label"], each["title"]) for each in refused.json["conflicts"]] == [("汪梅", "推进会")]
    assert client.post(f"/scheduling/programmes/{id_}/release").status_code == 409

    moved = client.post(
        f"/scheduling/sessions/{lesson}/move",
        data={"occurrence": "0", "starts_at": (START + timedelta(hours=6)).isoformat()},
    )
    assert moved.status_code == 303
    page = client.get(f"/scheduling/programmes/{id_}").text
    assert "没有时间冲突" in page
    assert "发布 2 场活动" in page

    assert client.post(f"/scheduling/programmes/{id_}/release").status_code == 303
    told = [
        event for event in world.sent() if isinstance(event, SessionReleased) and event.programme_id == id_
    ]
    assert [(event.title, event.invited_schools) for event in told] == [
        ("集团治理", [GOLMUD]),
        ("资源共享", [GOLMUD]),
    ]
    assert "已通知" in client.get(f"/scheduling/programmes/{id_}").text


def test_sessions_stand_where_the_clock_says_and_what_overlaps_side_by_side(world: World) -> None:
    day = datetime(2025, 6, 10, tzinfo=ZONE)

    def row(title: str, start: float, end: float) -> SessionRow:
        times = Occurrence(starts_at=day + timedelta(hours=start), ends_at=day + timedelta(hours=end))
        return world.drafted(Plan(title=title, kind="lecture", occurrences=(times,)))

    (grid,) = grids_of(
        entries_of([row("夜", 22, 26), row("晚", 12.5, 14), row("早", 8.5, 12), row("中", 9, 13)])
    )

    found = {
        on.day: [(each.entry.session.title, each.top, each.height, each.left, each.width) for each in blocks]
        for on, blocks in grid.blocks.items()
    }
    assert (grid.hours, grid.height) == (range(24), 24 * HOUR)
    assert found == {
        10: [
            ("早", 8.5 * HOUR, 3.5 * HOUR, 0, 50),
            ("中", 9 * HOUR, 4 * HOUR, 50, 50),
            ("晚", 12.5 * HOUR, 1.5 * HOUR, 0, 50),
            ("夜", 22 * HOUR, 2 * HOUR, 0, 100),
        ],
        11: [("夜", 0, 2 * HOUR, 0, 100)],
    }


def test_the_loser_of_a_release_reads_of_whom_when_and_when_else(world: World) -> None:
    def planned(title: str) -> Plan:
        once = Occurrence(starts_at=START, ends_at=END, place=f"{title}的礼堂")
        leader = Leader(name="汪梅", person_id=WANG)
        return Plan(
            title=title, kind="lecture", occurrences=(once,), leaders=(leader,), invited_schools=(GOLMUD,)
        )

    first, second = (world.drafted(planned(title)).id for title in ("第一场", "第二场"))
    client = world.client(COORDINATOR)
    client.post(f"/scheduling/sessions/{first}/release")

    refused = client.post(f"/scheduling/api/v1/sessions/{second}/release", json={})

    assert refused.json is not None
    assert refused.json["detail"] == "汪梅这段时间已安排在《第一场》。"
    [conflict] = refused.json["conflicts"]
    assert (conflict["session_id"], conflict["starts_at"]) == (str(first), START.isoformat())
    assert refused.json["offers"][0] == {
        "occurrence": 0,
        "starts_at": "2025-06-10T14:30:00+08:00",
        "ends_at": "2025-06-10T18:00:00+08:00",
    }
    page = client.post(f"/scheduling/sessions/{second}/release")
    assert (page.status_code, "仍要发布？请说明理由" in page.text) == (409, True)
    let_stand = client.post(f"/scheduling/sessions/{second}/release", data={"override": "已与本人商定"})
    assert let_stand.status_code == 303
    assert "已与本人商定" in client.get(f"/scheduling/sessions/{second}").text


def test_who_is_only_written_is_offered_and_chosen(world: World) -> None:
    id_ = made(world)
    client = world.client(COORDINATOR)
    client.post(f"/scheduling/programmes/{id_}/trainees", data={"name": "汪梅", "unit": "格尔木一中"})
    at = f"/scheduling/programmes/{id_}/roster"
    assert "格尔木市第一中学 · 校长" in client.get(at).text
    trainees = client.get(f"{API}/{id_}/trainees").json
    assert trainees is not None

    client.post(
        f"/scheduling/programmes/{id_}/trainees/{trainees[0]['id']}/person", data={"person_id": str(WANG)}
    )

    after = client.get(f"{API}/{id_}/trainees").json
    assert after is not None
    assert [(each["name"], each["person_id"], each["school"]) for each in after] == [
        ("汪梅", str(WANG), "格尔木市第一中学")
    ]
    nobody = client.post(f"/scheduling/programmes/{id_}/trainees", data={"name": " ", "unit": "格尔木一中"})
    assert (nobody.status_code, "格尔木一中" in nobody.text) == (422, True)
    client.post(f"/scheduling/programmes/{id_}/trainees/{trainees[0]['id']}/removal")
    assert client.get(f"{API}/{id_}/trainees").json == []


def test_a_form_with_several_times_keeps_what_was_typed(world: World) -> None:
    client = world.client(COORDINATOR)
    typed = {
        "title": "两次讲座",
        "kind": "lecture",
        "starts_at": ["2025-06-10T08:30", "2025-06-11T08:30", ""],
        "ends_at": ["2025-06-10T12:00", "2025-06-11T07:00", ""],
        "place": ["报告厅", "礼堂", ""],
        "link": ["", "", ""],
        "account": ["", "腾讯会议 01", ""],
        "speakers": "专家A、汪梅",
        "invited_schools": [str(GOLMUD)],
    }

    more = client.post("/scheduling/sessions", data={**typed, "more": "1"})
    assert (more.status_code, more.text.count('name="starts_at"')) == (200, 3)
    wrong = client.post("/scheduling/sessions", data=typed)
    assert wrong.status_code == 422
    assert 'id="ends_at-2-error"' in wrong.text
    assert "腾讯会议 01" in wrong.text

    right = client.post(
        "/scheduling/sessions", data={**typed, "ends_at": ["2025-06-10T12:00", "2025-06-11T12:00", ""]}
    )
    assert right.status_code == 303
    kept = world.now(UUID(right.headers["Location"].rpartition("/")[2]))
    assert [(each.place, each.account) for each in kept.occurrences] == [
        ("报告厅", ""),
        ("礼堂", "腾讯会议 01"),
    ]
    assert kept.leaders == (Leader(name="专家A"), Leader(name="汪梅"))


def test_an_english_reader_reads_english(world: World) -> None:
    id_ = made(world, outcome="一份方案\n两节课")
    with_session(world, id_, "集团治理", place="")

    page = world.client(COORDINATOR, language="en").get(f"/scheduling/programmes/{id_}").text

    for words in (
        "Before it is released",
        "It has no place yet.",
        "Complete what is marked",
        "64 hours",
        "Draft",
    ):
        assert words in page, words
