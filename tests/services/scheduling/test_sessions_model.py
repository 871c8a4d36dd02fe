"""A session's transitions, one by one: what changes, what is said, and why not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

import pytest

from services.scheduling.lifecycle.model import Verb
from services.scheduling.plans.model import KINDS, LONGEST, Occurrence, Plan
from services.scheduling.sessions.model import Session
from shared.contracts import scheduling as told
from shared.contracts.scheduling import (
    Change,
    SessionCancelled,
    SessionHeld,
    SessionPostponed,
    SessionReleased,
    SessionRevised,
)
from shared.errors import Invalid, Refusal
from shared.text import Sentence
from tests.services.scheduling.world import DELINGHA, END, GOLMUD, HAIXI, PARTNER, START, plan

ID = UUID("0197a000-0000-7000-8000-0000000000aa")
AT = datetime(2025, 6, 3, 1, 0, tzinfo=UTC)

RELEASED = SessionReleased(
    session_id=ID,
    version=2,
    title="集团治理与管理策略",
    kind="lecture",
    starts_at=START,
    ends_at=END,
    place="培训中心报告厅",
    link="",
    invited_schools=[GOLMUD, PARTNER],
    occurrences=(told.Occurrence(starts_at=START, ends_at=END, place="培训中心报告厅"),),
    host_region=HAIXI,
)


def a_draft(planned: Plan | None = None) -> Session:
    return Session.draft(id_=ID, plan=planned or plan(), host_region=HAIXI, by="account:1", at=AT)


def a_released() -> Session:
    session = a_draft()
    session.release(at=AT)
    return session


def a_cancelled() -> Session:
    session = a_released()
    session.cancel(reason="道路结冰", at=AT)
    return session


def test_a_draft_is_version_one_and_follows_its_plan() -> None:
    session = a_draft()

    assert (session.version, session.state, session.created_by) == (1, "draft", "account:1")
    assert (session.title, session.kind, session.place) == ("集团治理与管理策略", "lecture", "培训中心报告厅")
    assert session.invited_schools == [GOLMUD, PARTNER]


def test_revising_follows_the_new_plan_and_counts() -> None:
    session = a_draft()

    session.revise(plan(title="集团治理", place="", invited_schools=()))

    assert (session.version, session.state, session.title) == (2, "draft", "集团治理")
    assert (session.place, session.invited_schools) == ("", [])


def test_releasing_tells_everything_that_a_school_needs() -> None:
    session = a_draft()

    assert session.release(at=AT) == RELEASED
    assert (session.version, session.state, session.released_at) == (2, "released", AT)


def test_cancelling_tells_who_was_invited_and_why() -> None:
    session = a_released()

    assert session.cancel(reason="道路结冰", at=AT) == SessionCancelled(
        session_id=ID,
        version=3,
        title="集团治理与管理策略",
        reason="道路结冰",
        invited_schools=[GOLMUD, PARTNER],
    )
    assert (session.version, session.state, session.reason) == (3, "cancelled", "道路结冰")
    assert session.cancelled_at == AT


@pytest.mark.parametrize(
    ("planned", "why"),
    [
        (plan(place=""), "It has no place yet. Name a place or an online link."),
        (plan(invited_schools=()), "No school is invited yet. Choose one at least."),
    ],
)
def test_a_draft_that_lacks_something_is_not_released(planned: Plan, why: str) -> None:
    session = a_draft(planned)

    with pytest.raises(Refusal, match=why):
        session.release(at=AT)

    assert (session.version, session.state, str(session.why_not("release"))) == (1, "draft", why)


def test_a_link_is_place_enough() -> None:
    assert a_draft(plan(place="", link="https://live.example/1")).why_not("release") is None


@pytest.mark.parametrize(
    ("state", "verbs"),
    [
        ("draft", {"revise", "release"}),
        ("released", {"revise", "hold", "postpone", "cancel", "recall"}),
        ("held", {"close"}),
        ("closed", set()),
        ("postponed", {"revise", "cancel", "recall"}),
        ("cancelled", set()),
    ],
)
def test_each_state_leads_on_by_its_verbs_alone(state: str, verbs: set[str]) -> None:
    session = a_draft()
    session.state = state

    def do(verb: str) -> None:
        change: dict[str, Callable[[], object]] = {
            "revise": lambda: session.revise(plan(title="别的")),
            "release": lambda: session.release(at=AT),
            "hold": lambda: session.hold(at=END),
            "close": lambda: session.close(at=END),
            "postpone": lambda: session.postpone(reason="停电", at=AT),
            "cancel": lambda: session.cancel(reason="停电", at=AT),
            "recall": lambda: session.recall(reason="误发"),
        }
        change[verb]()

    for verb in get_args(Verb):
        session.state = state
        if verb in verbs:
            do(verb)
        else:
            before = session.version
            with pytest.raises(Refusal) as refused:
                do(verb)
            assert refused.value.sentence == session.why_not(verb)
            assert (session.version, session.state) == (before, state)


def test_revising_what_schools_know_of_says_what_changed_and_who_must_know() -> None:
    session = a_released()
    later = Occurrence(starts_at=START + timedelta(days=1), ends_at=END + timedelta(days=1), place="报告厅")

    assert session.revise(
        Plan(title=session.title, kind="lecture", occurrences=(later,), invited_schools=(GOLMUD, DELINGHA))
    ) == SessionRevised(
        session_id=ID,
        version=3,
        title="集团治理与管理策略",
        kind="lecture",
        starts_at=later.starts_at,
        ends_at=later.ends_at,
        place="报告厅",
        link="",
        occurrences=(told.Occurrence(starts_at=later.starts_at, ends_at=later.ends_at, place="报告厅"),),
        changes=[
            Change(
                what="times",
                was="2025-06-10T00:30:00+00:00/2025-06-10T04:00:00+00:00",
                now="2025-06-11T00:30:00+00:00/2025-06-11T04:00:00+00:00",
            ),
            Change(what="places", was="培训中心报告厅", now="报告厅"),
            Change(what="schools", was="2", now="2"),
        ],
        invited_schools=[GOLMUD, DELINGHA],
        added_schools=(DELINGHA,),
        dropped_schools=(PARTNER,),
        host_region=HAIXI,
    )


def test_what_is_not_different_is_told_to_nobody() -> None:
    session = a_released()

    assert session.revise(plan()) is None
    assert session.version == 2


@pytest.mark.parametrize(
    ("planned", "field"), [(plan(place=""), "place"), (plan(invited_schools=()), "invited_schools")]
)
def test_what_schools_know_of_keeps_its_place_and_its_schools(planned: Plan, field: str) -> None:
    session = a_released()

    with pytest.raises(Invalid) as refused:
        session.revise(planned)

    assert (refused.value.field, session.version) == (field, 2)


def test_what_was_postponed_comes_back_with_its_new_time() -> None:
    session = a_released()

    assert session.postpone(reason="道路结冰", at=AT) == SessionPostponed(
        session_id=ID, version=3, title=session.title, reason="道路结冰", invited_schools=[GOLMUD, PARTNER]
    )
    assert (session.state, session.reason, session.postponed_at) == ("postponed", "道路结冰", AT)

    back = session.revise(plan(starts_at=START + timedelta(days=7), ends_at=END + timedelta(days=7)))
    assert back is not None
    assert [(change.what, change.now) for change in back.changes] == [
        ("state", "released"),
        ("times", "2025-06-17T00:30:00+00:00/2025-06-17T04:00:00+00:00"),
    ]
    assert (session.state, session.reason, session.postponed_at) == ("released", "", None)


def test_it_is_held_once_it_has_begun_and_closed_after() -> None:
    session = a_released()
    with pytest.raises(Refusal, match="not begun"):
        session.hold(at=START - timedelta(seconds=1))

    assert session.hold(at=START) == SessionHeld(
        session_id=ID,
        version=3,
        title=session.title,
        kind="lecture",
        starts_at=START,
        ends_at=END,
        invited_schools=[GOLMUD, PARTNER],
        host_region=session.host_region,
    )
    session.close(at=END)
    assert (session.state, session.held_at, session.closed_at, session.version) == ("closed", START, END, 4)


@pytest.mark.parametrize("nowhere", ["录像在网盘", "javascript:alert(1)", "https://", "https:///x", "http://a b", "https://live.example/" + "x" * 2_000])  # fmt: skip
def test_what_was_recorded_of_it_has_an_address(nowhere: str) -> None:
    session = a_released()

    with pytest.raises(Invalid) as caught:
        session.hold(at=START, recording=nowhere)

    assert (caught.value.field, session.state) == ("recording", "released")
    assert session.hold(at=START, recording="https://live.example/9").recording == "https://live.example/9"
    assert session.recording == "https://live.example/9"


def test_it_takes_place_as_often_as_planned_and_spans_all_of_it() -> None:
    second = Occurrence(
        starts_at=START + timedelta(days=2), ends_at=END + timedelta(days=2), link="https://live.example/1"
    )
    first = Occurrence(starts_at=START, ends_at=END, place="报告厅", account="腾讯会议 01")
    session = a_draft(
        Plan(title="连续两次", kind="lecture", occurrences=(first, second), invited_schools=(GOLMUD,))
    )

    assert list(session.occurrences) == [first, second]
    assert (session.starts_at, session.ends_at, session.place) == (START, second.ends_at, "报告厅")

    # A replica of the release before moves the row's own columns alone: then those count.
    session.starts_at, session.ends_at, session.place = START, END, "礼堂"
    assert list(session.occurrences) == [Occurrence(starts_at=START, ends_at=END, place="礼堂")]


@pytest.mark.parametrize("session", [a_draft(), a_cancelled()], ids=["draft", "cancelled"])
def test_only_a_released_session_is_cancelled(session: Session) -> None:
    before = session.version

    with pytest.raises(Refusal) as refused:
        session.cancel(reason="道路结冰", at=AT)

    assert refused.value.sentence == session.why_not("cancel")
    assert session.version == before


@pytest.mark.parametrize("reason", ["", "长" * (LONGEST + 1)])
def test_a_reason_is_given_and_short(reason: str) -> None:
    session = a_released()

    with pytest.raises(Invalid) as refused:
        session.cancel(reason=reason, at=AT)

    assert refused.value.field == "reason"
    assert session.state == "released"


@pytest.mark.parametrize(
    ("planned", "fields"),
    [
        (plan(), []),
        (plan(title=""), ["title"]),
        (plan(title="长" * (LONGEST + 1)), ["title"]),
        (plan(place="长" * (LONGEST + 1)), ["place"]),
        (plan(kind="Party!"), ["kind"]),
        (plan(ends_at=START), ["ends_at"]),
        (plan(link="javascript:alert(1)"), ["link"]),
        (plan(link="https://live.example/" + "x" * 2_000), ["link"]),
        (plan(title="", kind="", ends_at=START), ["title", "kind", "ends_at"]),
    ],
)
def test_a_plan_knows_its_faults(planned: Plan, fields: list[str]) -> None:
    assert list(planned.faults()) == fields


def test_no_draft_is_made_of_a_faulty_plan_nor_spoilt_by_one() -> None:
    with pytest.raises(Invalid) as refused:
        a_draft(plan(title=""))
    assert refused.value.field == "title"

    session = a_draft()
    with pytest.raises(Invalid):
        session.revise(plan(ends_at=START))
    assert (session.version, session.ends_at) == (1, END)


def test_the_kinds_are_those_of_the_field() -> None:
    assert KINDS["joint_research"] == Sentence(zh="联合教研", en="Joint teaching research")
    assert [kind.zh for kind in KINDS.values()] == [
        "联合教研",
        "集体备课",
        "同课异构",
        "示范课",
        "专题讲座",
        "直播课堂",
        "培训",
        "开班与结业",
        "案例分享",
        "实地观摩",
        "跟岗学习",
        "分组研讨",
        "导师指导",
        "自主研修",
        "成果验收",
    ]
