"""The day before a session: who is still invited is reminded once, and nobody of what does not take place."""

from datetime import timedelta

import sqlalchemy as sa

from services.notifications.deliveries.model import Delivery, Letter
from services.notifications.inbox.commands import remind_of_sessions
from tests.builders import DELINGHA, GOLMUD, NOW, PARTNER, House, cancelled, released
from tests.services.notifications.channels_of import add
from tests.services.notifications.test_revisions import REVISED

SOON = {"starts_at": NOW + timedelta(hours=30), "ends_at": NOW + timedelta(hours=33)}


def remind(post: House) -> list[tuple[str, str]]:
    """Whom a reminder was queued for by now, and what it says."""
    for _ in range(2):
        post.database.run(remind_of_sessions, actor="service:notifications")
    with post.database.reading() as db:
        rows = db.execute(
            sa.select(Delivery.recipient, Letter.subject_zh)
            .join(Letter, Letter.notice_id == Delivery.notice_id)
            .where(Letter.class_name == "reminder")
        )
        return sorted((row.recipient, row.subject_zh) for row in rows)


def with_mail(post: House) -> None:
    for number, school in enumerate((GOLMUD, DELINGHA, PARTNER)):
        add(post, address=f"liaison{number}@school.example", owner=f"school:{school}")


def test_each_invited_school_is_reminded_once_when_a_day_is_left(post: House) -> None:
    with_mail(post)
    post.hear(released(invited_schools=(GOLMUD,), **SOON))  # type: ignore[arg-type]
    assert remind(post) == []

    post.clock.move(timedelta(hours=7))
    words = "活动提醒：《集团治理与管理策略》，培训中心报告厅，2025-06-04 15:00 开始。"
    assert remind(post) == [(f"school:{GOLMUD}", words)]


def test_nobody_is_reminded_of_what_was_called_off_or_has_just_been_told(post: House) -> None:
    with_mail(post)
    post.hear(released(**SOON))  # type: ignore[arg-type]
    post.clock.move(timedelta(hours=7))
    post.hear(cancelled())
    assert remind(post) == []

    post.hear(released(session_id=DELINGHA, **SOON))  # type: ignore[arg-type]
    assert remind(post) == []


def test_who_was_dropped_is_not_reminded_and_who_was_added_is(post: House) -> None:
    with_mail(post)
    post.hear(released())
    post.clock.move(timedelta(days=1))
    post.hear(REVISED)
    post.clock.move(timedelta(days=6))

    assert [recipient for recipient, _ in remind(post)] == sorted([f"school:{GOLMUD}", f"school:{DELINGHA}"])
