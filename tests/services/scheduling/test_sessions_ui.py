"""Pages: who may come in, what they say, and that nothing typed is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from shared.contracts.scheduling import SessionCancelled, SessionHeld, SessionReleased
from shared.db import Database
from tests.services.scheduling.world import DELINGHA, GOLMUD, NOW, PARTNER, World, plan

COORDINATOR = "coordinator@region:632800"
ADMINISTRATOR = "administrator@all"

TYPED = {
    "title": "集团治理与管理策略",
    "kind": "lecture",
    "starts_at": "2025-06-10T08:30",
    "ends_at": "2025-06-10T12:00",
    "place": "培训中心报告厅",
    "link": "",
    "invited_schools": [str(GOLMUD), str(PARTNER)],
}

API = "/scheduling/api/v1/sessions"
ROUTES = [
    ("GET", "/scheduling/", 200),
    ("GET", "/scheduling/sessions.xlsx", 200),
    ("GET", "/scheduling/sessions/new", 200),
    ("POST", "/scheduling/sessions", 422),
    ("GET", "/scheduling/sessions/{id}", 200),
    ("GET", "/scheduling/sessions/{id}/revision", 200),
    ("POST", "/scheduling/sessions/{id}/revision", 422),
    ("POST", "/scheduling/sessions/{id}/release", 303),
    ("POST", "/scheduling/sessions/{id}/cancellation", 409),
    ("POST", "/scheduling/sessions/{id}/postponement", 409),
    ("POST", "/scheduling/sessions/{id}/recall", 409),
    ("POST", "/scheduling/sessions/{id}/holding", 409),
    ("POST", "/scheduling/sessions/{id}/closing", 409),
    ("POST", "/scheduling/sessions/{id}/move", 422),
    ("POST", "/scheduling/sessions/{id}/swap", 422),
    ("POST", "/scheduling/sessions/{id}/leaders", 422),
    ("GET", API, 200),
    ("POST", API, 422),
    ("GET", API + "/{id}", 200),
    ("PUT", API + "/{id}", 422),
    ("POST", API + "/{id}/release", 200),
    ("POST", API + "/{id}/cancellation", 422),
    ("POST", API + "/{id}/postponement", 422),
    ("POST", API + "/{id}/recall", 422),
    ("POST", API + "/{id}/holding", 409),
    ("POST", API + "/{id}/closing", 409),
    ("POST", API + "/{id}/swap", 422),
]


def test_every_route_is_walked(world: World) -> None:
    rules = {
        (method, rule.rule.replace("<uuid:session_id>", "{id}"))
        for rule in world.client().application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint.startswith("sessions")
    }

    assert rules == {(method, path) for method, path, _ in ROUTES}


@pytest.mark.parametrize(("method", "path", "answer"), ROUTES)
def test_who_may_come_in(world: World, method: str, path: str, answer: int) -> None:
    at = path.format(id=world.drafted().id)

    def knock(*grants: str) -> int:
        return world.client(*grants).open(at, method=method).status_code

    led_to_sign_in = method == "GET" and not path.startswith(API)
    assert knock() == (303 if led_to_sign_in else 401)
    assert knock(f"liaison@school:{GOLMUD}") == 403
    assert knock("teacher@region:632800") == 403
    reads = method == "GET" and not path.endswith(("/new", "/revision"))
    assert knock("auditor@all") == (200 if reads else 403)
    for grant, place in ((COORDINATOR, "一号报告厅"), (ADMINISTRATOR, "二号报告厅")):
        fresh = path.format(id=world.drafted(plan(place=place)).id)
        assert world.client(grant).open(fresh, method=method).status_code == answer


def test_nobody_in_particular_is_led_to_the_sign_in_page(world: World) -> None:
    answer = world.client().get("/scheduling/?state=draft")

    assert answer.headers["Location"] == "/sign-in?next=%2Fscheduling%2F%3Fstate%3Ddraft"


def test_a_session_from_its_draft_to_its_cancellation(world: World) -> None:
    client = world.client(COORDINATOR)

    made = client.post("/scheduling/sessions", data=TYPED)
    assert made.status_code == 303
    at = made.headers["Location"]
    id_ = UUID(at.rpartition("/")[2])
    drafted = world.now(id_)
    assert drafted.starts_at.isoformat() == "2025-06-10T00:30:00+00:00"  # the form speaks Beijing time
    assert (drafted.state, drafted.host_region, drafted.invited_schools) == (
        "draft",
        "632800",
        (GOLMUD, PARTNER),
    )

    page = client.get(at).text
    assert "发布后将通知" in page
    assert "发布并通知 1 所学校" in page
    assert "七星关区" in page
    assert "对方同意后才会通知" in page
    assert "取消这次活动" not in page

    assert client.post(f"{at}/release", data={"seen": "1"}).status_code == 303
    page = client.get(at).text
    assert "通知已发往 1 所学校。" in page
    assert "发布并通知" not in page

    assert client.post(f"{at}/cancellation", data={"seen": "2", "reason": "道路结冰"}).status_code == 303
    page = client.get(at).text
    assert "取消的通知已发往 1 所学校，原因：道路结冰" in page
    assert "取消这次活动" not in page
    assert [type(event) for event in world.sent()] == [SessionReleased, SessionCancelled]


def test_where_it_can_be_watched_is_told_with_its_holding(world: World) -> None:
    client = world.client(COORDINATOR)
    over = world.drafted(plan(starts_at=NOW - timedelta(hours=3), ends_at=NOW, invited_schools=(GOLMUD,)))
    at = f"/scheduling/sessions/{over.id}"
    client.post(f"{at}/release")
    assert "录像网址" in client.get(at).text

    refused = client.post(f"{at}/holding", data={"recording": "在网盘里"})
    assert (refused.status_code, "在网盘里" in refused.text) == (422, True)
    answered = client.post(f"{at}/holding", data={"recording": "https://live.example/9"})

    assert answered.status_code == 303
    assert 'href="https://live.example/9"' in client.get(at).text
    told = world.sent()[-1]
    assert isinstance(told, SessionHeld)
    assert told.recording == "https://live.example/9"
    assert client.get(f"{API}/{over.id}").get_json()["recording"] == "https://live.example/9"


def test_both_languages_say_what_will_happen(world: World) -> None:
    at = f"/scheduling/sessions/{world.drafted().id}"

    page = world.client(COORDINATOR, language="en").get(at).text
    assert "Release and tell 1 school<" in page
    assert "once they agree" in page
    own = world.drafted(plan(invited_schools=(GOLMUD, DELINGHA)))
    page = world.client(COORDINATOR, language="en").get(f"/scheduling/sessions/{own.id}").text
    assert "Release and tell 2 schools<" in page


def test_what_was_typed_survives_its_errors(world: World) -> None:
    refused = world.client(COORDINATOR).post(
        "/scheduling/sessions",
        data={**TYPED, "title": " ", "place": "我的会议室", "ends_at": "2025-06-10T08:00", "link": "meet/1"},
    )

    assert refused.status_code == 422
    for kept in ("我的会议室", "2025-06-10T08:30", "2025-06-10T08:00", "meet/1"):
        assert f'value="{kept}"' in refused.text
    assert f'value="{GOLMUD}" checked' in refused.text
    assert f'value="{DELINGHA}" checked' not in refused.text
    assert '<option value="lecture" selected>' in refused.text
    for said in ("请填写活动名称。", "结束时间要晚于开始时间。", "链接要以 https:// 或 http:// 开头。"):
        assert refused.text.count(said) == 2  # in the summary and at its field
    assert refused.text.count('aria-invalid="true"') == 3


def test_an_unreadable_time_is_said_at_its_field(world: World) -> None:
    refused = world.client(COORDINATOR).post("/scheduling/sessions", data={**TYPED, "starts_at": ""})

    assert refused.status_code == 422
    assert 'id="starts_at-error"' in refused.text


def test_a_reason_that_is_not_taken_is_kept(world: World) -> None:
    client = world.client(COORDINATOR)
    at = f"/scheduling/sessions/{world.drafted().id}"
    client.post(f"{at}/release")

    refused = client.post(f"{at}/cancellation", data={"reason": "长" * 201})

    assert refused.status_code == 422
    assert "长" * 201 in refused.text
    assert 'id="reason-cancelling-error"' in refused.text


def test_a_revision_starts_with_what_is_there(world: World) -> None:
    client = world.client(COORDINATOR)
    drafted = world.drafted()
    at = f"/scheduling/sessions/{drafted.id}"

    form = client.get(f"{at}/revision").text
    for there in ("集团治理与管理策略", "2025-06-10T08:30", "2025-06-10T12:00", "培训中心报告厅"):
        assert f'value="{there}"' in form
    assert '<input type="hidden" name="seen" value="1">' in form
    assert f'value="{PARTNER}" checked' in form

    assert client.post(f"{at}/revision", data={**TYPED, "seen": "1", "place": "会议室"}).status_code == 303
    assert (world.now(drafted.id).place, world.now(drafted.id).version) == ("会议室", 2)


def test_two_who_revise_at_once_do_not_overwrite_each_other(world: World) -> None:
    client = world.client(COORDINATOR)
    drafted = world.drafted()
    at = f"/scheduling/sessions/{drafted.id}/revision"
    client.post(at, data={**TYPED, "seen": "1", "place": "甲的地点"})

    refused = client.post(at, data={**TYPED, "seen": "1", "place": "乙的地点"})

    assert refused.status_code == 412
    assert "这次活动已有变动" in refused.text
    assert 'value="乙的地点"' in refused.text
    assert world.now(drafted.id).place == "甲的地点"
    assert '<input type="hidden" name="seen" value="2">' in refused.text  # saving again is a decision


def test_a_second_release_says_that_it_was_released(world: World) -> None:
    client = world.client(COORDINATOR)
    at = f"/scheduling/sessions/{world.drafted().id}"
    client.post(f"{at}/release")

    refused = client.post(f"{at}/release")
    client.post(f"{at}/cancellation", data={"reason": "道路结冰"})
    revising = client.get(f"{at}/revision")

    assert (refused.status_code, "这次活动已经发布。" in refused.text) == (409, True)
    assert (revising.status_code, "这次活动已经取消。" in revising.text) == (409, True)
    assert [type(event) for event in world.sent()] == [SessionReleased, SessionCancelled]


def test_a_draft_that_lacks_something_says_what(world: World) -> None:
    drafted = world.drafted(plan(invited_schools=()))

    page = world.client(COORDINATOR).get(f"/scheduling/sessions/{drafted.id}").text

    assert "还没有邀请学校。请至少选择一所。" in page
    assert "发布并通知" not in page


def test_markup_in_a_title_stays_text(world: World) -> None:
    title = "<script>alert(1)</script>"
    drafted = world.drafted(plan(title=title, place=title))
    client = world.client(COORDINATOR)

    for path in ("", f"sessions/{drafted.id}", f"sessions/{drafted.id}/revision"):
        page = client.get(f"/scheduling/{path}").text
        assert title not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_list_keeps_one_state_when_asked(world: World) -> None:
    client = world.client(COORDINATOR)
    world.drafted(plan(title="草案甲"))
    client.post(f"/scheduling/sessions/{world.drafted(plan(title='公开乙')).id}/release")

    def shown(query: str) -> tuple[bool, bool]:
        page = client.get(f"/scheduling/{query}").text
        return "草案甲" in page, "公开乙" in page

    assert shown("") == (True, True)
    assert shown("?state=draft") == (True, False)
    assert shown("?state=released") == (False, True)
    assert shown("?state=cancelled") == (False, False)
    assert shown("?state=nonsense") == (False, False)


def test_an_empty_list_says_what_comes_next(world: World) -> None:
    assert "还没有活动。先起草一次" in world.client(COORDINATOR).get("/scheduling/").text


def test_who_looks_after_everything_chooses_the_host(world: World) -> None:
    client = world.client(ADMINISTRATOR)

    assert 'name="host_region"' in client.get("/scheduling/sessions/new").text
    assert 'name="host_region"' not in world.client(COORDINATOR).get("/scheduling/sessions/new").text
    made = client.post("/scheduling/sessions", data={**TYPED, "host_region": "632800"})
    assert world.now(UUID(made.headers["Location"].rpartition("/")[2])).host_region == "632800"


def test_pages_read_as_often_for_three_as_for_one(world: World) -> None:
    client = world.client(COORDINATOR)
    one = world.drafted(plan(invited_schools=(GOLMUD,)))
    paths = ("/scheduling/", API, f"/scheduling/sessions/{one.id}", f"/scheduling/sessions/{one.id}/revision")

    def reads(path: str) -> int:
        client.get(path)  # the keys are read now, and not again for two seconds
        with counting(world.runtime.database) as statements:
            client.get(path)
        return len(statements)

    before = [reads(path) for path in paths]
    for schools in ((GOLMUD,), (GOLMUD, DELINGHA, PARTNER)):
        world.drafted(plan(place="别处", invited_schools=schools))
    world.client(COORDINATOR).post(
        f"/scheduling/sessions/{one.id}/revision",
        data={**TYPED, "invited_schools": [str(GOLMUD), str(DELINGHA), str(PARTNER)]},
    )

    assert [reads(path) for path in paths] == before == [3, 1, 14, 4]


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    """The statements that pages send while it lasts."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    sa.event.listen(database._readers, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(database._readers, "before_cursor_execute", note)
