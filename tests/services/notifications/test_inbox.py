"""Inboxes: an event is one notice, a school has it once, and nobody reads what is not theirs."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from services.notifications.inbox.commands import read_notice
from services.notifications.inbox.model import Entry, Notice
from services.notifications.inbox.queries import Inbox, NoticeRow, SchoolRow, inbox_within
from services.notifications.inbox.queries import listing as queries
from shared.db import Transaction
from shared.errors import NotFound
from shared.ids import derived, uuid7
from tests.builders import DELINGHA, GOLMUD, NOW, PARTNER, SESSION, House, cancelled, counted, released

EVENT = "0197a000-0000-7000-8000-0000000000aa"
IN_GOLMUD = SchoolRow(GOLMUD, "格尔木市第一中学", "Golmud No. 1 Middle School", "格尔木市")
IN_QIXINGGUAN = SchoolRow(PARTNER, "七星关区第一中学", "", "七星关区")


def inbox(post: House, *scopes: str, own: tuple[UUID, ...] = (), before: UUID | None = None) -> Inbox:
    with post.database.reading() as db:
        return inbox_within(db, scopes, own=own, before=before)


def read(post: House, *schools: UUID, event_id: str = EVENT) -> None:
    told = derived(cause=event_id, consumer="notifications", ordinal=0)
    post.database.run(lambda tx: read_notice(tx, notice_id=told, schools=schools), actor="account:test")


def titles(post: House, *scopes: str) -> list[str]:
    return [notice.title for notice in inbox(post, *scopes).notices]


def test_a_released_session_is_told_to_every_invited_school(post: House) -> None:
    post.hear(released(link="https://example.org/a"), event_id=EVENT)

    told = NoticeRow(
        id=derived(cause=EVENT, consumer="notifications", ordinal=0),
        kind="session_released",
        told_at=NOW,
        happened_at=NOW,
        session_id=SESSION,
        title="集团治理与管理策略",
        session_kind="lecture",
        starts_at=datetime(2025, 6, 10, 0, 30, tzinfo=UTC),
        ends_at=datetime(2025, 6, 10, 4, 0, tzinfo=UTC),
        place="培训中心报告厅",
        link="https://example.org/a",
        reason="",
        cancelled=False,
        unread=False,
        schools=(IN_QIXINGGUAN, IN_GOLMUD),
    )
    assert inbox(post, "all") == Inbox((told,), older=None)


def test_a_cancelled_session_is_told_with_its_reason_and_marks_the_invitation(post: House) -> None:
    post.hear(released())
    post.clock.move(timedelta(hours=1))
    post.hear(cancelled(), event_id=EVENT)

    cancellation, invitation = inbox(post, f"school:{GOLMUD}").notices

    assert cancellation == NoticeRow(
        id=derived(cause=EVENT, consumer="notifications", ordinal=0),
        kind="session_cancelled",
        told_at=NOW + timedelta(hours=1),
        happened_at=NOW + timedelta(hours=1),
        session_id=SESSION,
        title="集团治理与管理策略",
        session_kind="",
        starts_at=None,
        ends_at=None,
        place="",
        link="",
        reason="主讲人临时有事",
        cancelled=False,
        unread=False,
        schools=(IN_GOLMUD,),
    )
    assert (invitation.kind, invitation.cancelled) == ("session_released", True)


def test_the_same_event_again_tells_nobody_twice(post: House) -> None:
    post.hear(released(invited_schools=(GOLMUD, GOLMUD)), event_id=EVENT)
    once = inbox(post, "all")

    post.clock.move(timedelta(days=200))  # the inbox of events has forgotten it by now
    post.hear(released(), event_id=EVENT)

    assert [notice.schools for notice in once.notices] == [(IN_GOLMUD,)]
    assert [notice.told_at for notice in inbox(post, "all").notices] == [NOW]


def test_a_school_that_the_roster_does_not_know_yet_is_told_all_the_same(post: House) -> None:
    stranger = uuid7()

    post.hear(released(invited_schools=(stranger,)))

    assert [notice.schools for notice in inbox(post, f"school:{stranger}").notices] == [
        (SchoolRow(stranger, "", "", ""),)
    ]
    assert "名录中尚无此校" in post.client("administrator@all").get("/notifications/").text


def test_a_session_without_schools_is_nobodys_notice(post: House) -> None:
    post.hear(released(invited_schools=()))

    assert inbox(post, "all").notices == ()


def test_each_reads_what_is_theirs(post: House) -> None:
    post.hear(
        released(session_id=uuid7(), title="甲", invited_schools=(GOLMUD,)),
        released(session_id=uuid7(), title="乙", invited_schools=(PARTNER,)),
    )

    assert titles(post) == []
    assert sorted(titles(post, "all")) == ["乙", "甲"]
    assert titles(post, f"school:{GOLMUD}") == ["甲"]
    assert titles(post, f"school:{DELINGHA}") == []
    assert titles(post, "region:632800") == ["甲"]
    assert titles(post, "region:520500") == ["乙"]
    assert titles(post, "group:haixi") == []


def test_of_a_notice_to_many_a_reader_sees_their_own_schools(post: House) -> None:
    post.hear(released(invited_schools=(GOLMUD, DELINGHA, PARTNER)))

    (seen,) = inbox(post, "region:520502").notices

    assert seen.schools == (IN_QIXINGGUAN,)


def test_the_number_of_queries_does_not_grow(post: House) -> None:
    post.hear(released(session_id=uuid7()))
    with counted(post.database) as for_one:
        assert len(inbox(post, "region:632800").notices) == 1

    post.hear(released(session_id=uuid7()), released(session_id=uuid7()))
    with counted(post.database) as for_three:
        assert len(inbox(post, "region:632800").notices) == 3

    assert len(for_one) == len(for_three) == 2


def test_what_does_not_fit_follows(post: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "AT_ONCE", 2)
    for number in range(5):
        post.clock.move(timedelta(minutes=number % 2))  # some in the same moment
        post.hear(released(session_id=uuid7(), title=str(number)))

    seen, before = [], None
    for _ in range(3):
        stretch = inbox(post, "all", before=before)
        seen += [notice.title for notice in stretch.notices]
        before = stretch.older

    assert sorted(seen) == ["0", "1", "2", "3", "4"]
    assert before is None


def test_each_school_reads_for_itself(post: House) -> None:
    post.hear(released(), event_id=EVENT)
    of_golmud, of_partner = (f"school:{GOLMUD}", (GOLMUD,)), (f"school:{PARTNER}", (PARTNER,))

    def unread(scope: str, own: tuple[UUID, ...]) -> bool:
        (notice,) = inbox(post, scope, own=own).notices
        return notice.unread

    assert (unread(*of_golmud), unread(*of_partner)) == (True, True)

    read(post, GOLMUD)

    assert (unread(*of_golmud), unread(*of_partner)) == (False, True)
    (seen,) = inbox(post, "all").notices
    assert [(one.id, one.read_at) for one in seen.schools] == [(PARTNER, None), (GOLMUD, NOW)]
    assert seen.readings == 1


def test_what_was_read_once_was_read_then(post: House) -> None:
    post.hear(released(), event_id=EVENT)
    read(post, GOLMUD)

    post.clock.move(timedelta(days=1))
    read(post, GOLMUD)

    (seen,) = inbox(post, f"school:{GOLMUD}").notices
    assert [one.read_at for one in seen.schools] == [NOW]


@pytest.mark.parametrize("schools", [(), (DELINGHA,)])
def test_what_a_school_was_not_told_it_cannot_read(post: House, schools: tuple[UUID, ...]) -> None:
    post.hear(released(), event_id=EVENT)

    with pytest.raises(NotFound):
        read(post, *schools)
    with pytest.raises(NotFound):
        read(post, GOLMUD, event_id=str(uuid7()))


def test_the_same_event_again_leaves_read_what_was_read(post: House) -> None:
    post.hear(released(), event_id=EVENT)
    read(post, GOLMUD)

    post.hear(released(), event_id=EVENT)

    assert [notice.unread for notice in inbox(post, "all", own=(GOLMUD,)).notices] == [False]


def test_a_school_has_a_notice_once_whoever_writes_it(post: House) -> None:
    post.hear(released(), event_id=EVENT)

    def again(tx: Transaction) -> None:
        seq = tx.db.scalar(sa.select(Notice.seq))
        tx.db.execute(sa.insert(Entry), [{"notice_seq": seq, "school_id": GOLMUD}])

    with pytest.raises(IntegrityError):
        post.database.run(again, actor="account:test")
