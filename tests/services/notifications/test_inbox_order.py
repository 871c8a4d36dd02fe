"""In which order a school reads what it was told: that of what happened, whatever came late."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.notifications.inbox.model import Notice
from services.notifications.inbox.queries import Inbox, inbox_within, mark_within, notices_titled
from services.notifications.inbox.queries import listing as queries
from shared.ids import uuid7
from tests.builders import NOW, SESSION, House, cancelled, released

LATER = NOW + timedelta(hours=1)


def tell(post: House, title: str, *, happened_at: datetime | None = None) -> None:
    post.hear(released(session_id=uuid7(), title=title), happened_at=happened_at)


def stretches(post: House) -> Iterator[Inbox]:
    """What a reader sees who goes on to the end."""
    before: UUID | None = None
    while True:
        with post.database.reading() as db:
            stretch = inbox_within(db, ["all"], before=before)
        yield stretch
        if (before := stretch.older) is None:
            return


def titles(post: House) -> list[str]:
    return [notice.title for stretch in stretches(post) for notice in stretch.notices]


def test_what_waited_is_read_in_the_order_in_which_it_happened(post: House) -> None:
    # Sessions are keys of their own: after an outage they come partition by partition, at one moment.
    for number in (3, 1, 4, 2):
        tell(post, str(number), happened_at=NOW - timedelta(seconds=10 - number))

    assert titles(post) == ["4", "3", "2", "1"]


def test_two_of_one_second_keep_the_publishers_order(post: House) -> None:
    tell(post, "second", happened_at=NOW + timedelta(microseconds=2))
    tell(post, "first", happened_at=NOW + timedelta(microseconds=1))

    assert titles(post) == ["second", "first"]


def test_pages_end_within_a_moment_and_miss_and_repeat_nothing(
    post: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, minute in enumerate((5, 5, 5, 1, 5, 9, 1)):
        tell(post, str(number), happened_at=NOW + timedelta(minutes=minute))

    expected = ["5", "4", "2", "1", "0", "6", "3"]
    for limit in (1, 2, 3, 7):
        monkeypatch.setattr(queries, "AT_ONCE", limit)
        assert titles(post) == expected


def test_what_was_told_before_the_moment_was_noted_lies_where_it_was(
    post: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "AT_ONCE", 2)
    for title in ("a", "b", "c"):
        tell(post, title)
    post.database.run(  # as the version before left them
        lambda tx: tx.db.execute(sa.update(Notice).values(happened_at=None)), actor="account:test"
    )
    post.clock.move(timedelta(hours=2))
    tell(post, "e", happened_at=LATER + timedelta(minutes=1))
    tell(post, "d", happened_at=LATER)

    assert titles(post) == ["e", "d", "c", "b", "a"]
    assert [notice.happened_at for stretch in stretches(post) for notice in stretch.notices][-1] == NOW


def test_a_session_is_called_off_after_it_was_announced_whatever_the_clocks_say(post: House) -> None:
    post.hear(released(), happened_at=LATER)
    post.hear(cancelled(), happened_at=LATER - timedelta(seconds=5))  # another host's clock is behind
    tell(post, "other", happened_at=LATER - timedelta(seconds=1))

    (stretch,) = stretches(post)
    seen = [(notice.kind, notice.session_id == SESSION) for notice in stretch.notices]
    assert seen == [("session_cancelled", True), ("session_released", True), ("session_released", False)]
    assert [notice.happened_at for notice in stretch.notices[:2]] == [LATER, LATER]


def test_a_search_finds_in_the_same_order(post: House) -> None:
    tell(post, "教研 2", happened_at=LATER)
    tell(post, "教研 1", happened_at=NOW)

    with post.database.reading() as db:
        found = notices_titled(db, ["all"], words="教研", limit=8)

    assert [title for _, _, title, _ in found] == ["教研 2", "教研 1"]


def test_who_looks_at_the_first_page_is_told_of_what_came_late(post: House) -> None:
    tell(post, "2", happened_at=LATER)
    (first,) = stretches(post)

    tell(post, "1", happened_at=NOW)

    (second,) = stretches(post)
    with post.database.reading() as db:
        assert mark_within(db, ["all"]) == second.mark != first.mark


def test_the_list_is_read_along_its_index(post: House) -> None:
    plan = "EXPLAIN QUERY PLAN " if post.database.engine.dialect.name == "sqlite" else "EXPLAIN "
    with post.database.reading() as db:
        if plan == "EXPLAIN ":
            db.execute(sa.text("SET LOCAL enable_seqscan = off"))  # two rows are always read as a whole
        order = sa.select(Notice.id).order_by(*queries.LAST_FIRST).limit(50)
        compiled = str(order.compile(post.database.engine, compile_kwargs={"literal_binds": True}))
        told = "\n".join(str(row) for row in db.execute(sa.text(plan + compiled)))

    assert "ix_notices_happened" in told
