"""A session's transitions, one by one: what changes, what is said, and why not."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.scheduling.sessions.model import KINDS, LONGEST, Plan, Session
from shared.contracts.scheduling import SessionCancelled, SessionReleased
from shared.errors import Invalid, Refusal
from shared.text import Sentence
from tests.services.scheduling.world import END, GOLMUD, HAIXI, PARTNER, START, plan

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

    assert (session.version, session.state, str(session.why_not_release())) == (1, "draft", why)


def test_a_link_is_place_enough() -> None:
    assert a_draft(plan(place="", link="https://live.example/1")).why_not_release() is None


@pytest.mark.parametrize("session", [a_released(), a_cancelled()], ids=["released", "cancelled"])
def test_only_a_draft_is_revised_or_released(session: Session) -> None:
    before = session.version

    with pytest.raises(Refusal) as revising:
        session.revise(plan(title="别的"))
    with pytest.raises(Refusal) as releasing:
        session.release(at=AT)

    assert revising.value.sentence == session.why_not_revise()
    assert releasing.value.sentence == session.why_not_release()
    assert session.version == before


@pytest.mark.parametrize("session", [a_draft(), a_cancelled()], ids=["draft", "cancelled"])
def test_only_a_released_session_is_cancelled(session: Session) -> None:
    before = session.version

    with pytest.raises(Refusal) as refused:
        session.cancel(reason="道路结冰", at=AT)

    assert refused.value.sentence == session.why_not_cancel()
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
        (plan(kind="party"), ["kind"]),
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
    ]
