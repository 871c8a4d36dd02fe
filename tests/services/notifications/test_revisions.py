"""What schools are told when a session that they know of changes: who knew of it, who is new to it, who is out of it."""

from datetime import UTC, datetime, timedelta

from services.notifications.inbox.commands import read_notice
from services.notifications.inbox.queries import inbox_within
from shared.contracts.notifications import NotificationsTask
from shared.contracts.scheduling import (
    Change,
    InvitationPromoted,
    Occurrence,
    SessionPostponed,
    SessionRecalled,
    SessionRevised,
)
from shared.db import Transaction
from shared.ids import derived
from tests.builders import DELINGHA, GOLMUD, PARTNER, SESSION, House, cancelled, released

START, END = datetime(2025, 6, 11, 0, 30, tzinfo=UTC), datetime(2025, 6, 11, 4, 0, tzinfo=UTC)

REVISED = SessionRevised(
    session_id=SESSION,
    version=3,
    title="集团治理与管理策略",
    kind="lecture",
    starts_at=START,
    ends_at=END,
    place="报告厅",
    link="",
    occurrences=(Occurrence(starts_at=START, ends_at=END, place="报告厅"),),
    changes=[Change(what="times", was="a", now="b"), Change(what="schools", was="2", now="2")],
    invited_schools=[GOLMUD, DELINGHA],
    added_schools=(DELINGHA,),
    dropped_schools=(PARTNER,),
)


def kinds(post: House, school: object) -> list[str]:
    with post.database.reading() as db:
        return [notice.kind for notice in inbox_within(db, [f"school:{school}"], own=()).notices]


def waiting(post: House) -> set[tuple[str, str]]:
    """What waits for whom, by the beginning of its sentence."""
    found: dict[str, NotificationsTask] = {}
    for event in post.said():
        if isinstance(event, NotificationsTask):
            found[str(event.task_id)] = event
    return {
        (task.audiences[0].rpartition(":")[2], task.sentence_zh.partition("：")[0])
        for task in found.values()
        if task.closed_at is None
    }


def test_each_school_is_told_what_concerns_it(post: House) -> None:
    post.hear(released())
    post.hear(REVISED)
    post.hear(REVISED, event_id="again")

    assert kinds(post, GOLMUD)[-2:] == ["session_revised", "session_released"]
    assert kinds(post, DELINGHA)[-1] == "session_released"
    assert kinds(post, PARTNER)[-2:] == ["session_withdrawn", "session_released"]
    assert (str(PARTNER), "活动邀请") not in waiting(post)
    assert {(str(PARTNER), "不再邀请"), (str(GOLMUD), "活动有变动"), (str(DELINGHA), "活动邀请")} <= waiting(
        post
    )


def test_the_same_revision_is_told_once(post: House) -> None:
    post.hear(REVISED, event_id="one")
    post.hear(REVISED, event_id="one")

    assert (kinds(post, GOLMUD), kinds(post, PARTNER)) == (["session_revised"], ["session_withdrawn"])


def test_what_is_postponed_waits_until_it_is_read_and_pages_say_all_of_it(post: House) -> None:
    post.hear(released())
    post.hear(
        SessionPostponed(
            session_id=SESSION,
            version=3,
            title="集团治理与管理策略",
            reason="道路结冰",
            invited_schools=[GOLMUD],
        )
    )
    post.clock.move(timedelta(minutes=1))
    post.hear(REVISED)

    page = post.client(f"liaison@school:{GOLMUD}").get("/notifications/").text
    for words in (
        "活动延期",
        "道路结冰",
        "活动有变动",
        "<strong>时间</strong>、<strong>参加学校</strong>",
        "报告厅",
    ):
        assert words in page
    dropped = post.client(f"liaison@school:{PARTNER}", language="en").get("/notifications/").text
    assert "No longer invited" in dropped


def test_an_invitation_that_was_taken_back_is_called_off_once_whatever_follows(post: House) -> None:
    post.hear(released(), event_id="first")
    post.hear(REVISED)
    post.hear(REVISED)
    post.hear(cancelled())
    invitation = derived(cause="first", consumer="notifications", ordinal=0)

    def read(tx: Transaction) -> None:
        read_notice(tx, notice_id=invitation, schools=[PARTNER])

    post.database.run(read, actor="account:test")

    assert (str(PARTNER), "活动邀请") not in waiting(post)


def test_what_is_cancelled_after_a_revision_calls_both_off(post: House) -> None:
    post.hear(released())
    post.hear(REVISED)
    post.hear(cancelled(invited_schools=(GOLMUD, DELINGHA)))

    assert {each for each in waiting(post) if each[0] == str(GOLMUD)} == {(str(GOLMUD), "活动取消")}


def test_what_was_recalled_calls_off_the_invitation_until_it_is_released_anew(post: House) -> None:
    post.hear(released(), event_id="first")
    post.hear(
        SessionRecalled(
            session_id=SESSION,
            version=3,
            title="集团治理与管理策略",
            reason="误发",
            invited_schools=[GOLMUD, PARTNER],
        )
    )

    assert {each for each in waiting(post) if each[0] == str(GOLMUD)} == {(str(GOLMUD), "通知撤回")}
    page = post.client(f"liaison@school:{GOLMUD}").get("/notifications/").text
    assert "之前的通知作废。原因：误发" in page

    post.clock.move(timedelta(minutes=1))
    post.hear(released(), event_id="again")
    assert kinds(post, GOLMUD) == ["session_released", "session_recalled", "session_released"]
    assert (str(GOLMUD), "活动邀请") in waiting(post)


def test_a_school_whose_people_waited_is_told_that_they_take_part(post: House) -> None:
    promoted = InvitationPromoted(
        invitation_id=derived(cause="1", consumer="test", ordinal=0),
        version=4,
        title="集团治理与管理策略",
        host_region="632800",
        region_code="632801",
        session_id=SESSION,
        school_id=GOLMUD,
        person_ids=[PARTNER, DELINGHA],
    )
    for _ in range(2):
        post.hear(promoted, event_id="cause-1")

    assert kinds(post, GOLMUD) == ["place_promoted"]
    assert kinds(post, DELINGHA) == []
    assert waiting(post) == {(str(GOLMUD), "候补递补")}
    page = post.client(f"liaison@school:{GOLMUD}").get("/notifications/").text
    assert "贵校 2 人由候补转为参加" in page
