"""Notices and entries: facts, written once by a reaction. All that changes is that a school has read its entry."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import Base
from shared.contracts.notifications import NotificationsTask
from shared.ids import named
from shared.text import Sentence

#: A number that the database counts up; SQLite does so for an INTEGER primary key only.
COUNTED = BigInteger().with_variant(Integer, "sqlite")


#: Kinds of notices that tell of a session that takes place: what is called off with it.
INVITING = ("session_released", "session_revised")

#: Kinds that call off what these schools were told before, and after which they may be invited anew.
NO_MORE = ("session_withdrawn", "session_recalled")


class Notice(Base):
    """What schools are told. Its id derives from the event behind it: one event is one notice.

    seq: the order in which they were told; several events that arrive together share one moment. happened_at:
    when what they tell of happened, which orders what lay waiting while this service was away; null for what was
    told before it was noted. kind: `session_released`, `session_revised`, `session_postponed`,
    `session_withdrawn` (the school is invited no more), `session_recalled` (it was released by mistake), `place_promoted`
    (who waited takes part now) or `session_cancelled`. session_kind, starts_at, ends_at, place,
    link: of a session that takes place. reason: of a cancelled, postponed or recalled one; of a revised one the names of what is
    different, as the contract has them; how many were promoted.
    """

    __tablename__ = "notices"

    seq: Mapped[int] = mapped_column(COUNTED, primary_key=True, autoincrement=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    kind: Mapped[str]
    told_at: Mapped[datetime]
    happened_at: Mapped[datetime | None]
    session_id: Mapped[UUID] = mapped_column(index=True)
    title: Mapped[str]
    session_kind: Mapped[str]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    place: Mapped[str]
    link: Mapped[str]
    reason: Mapped[str]


class Entry(Base):
    """A notice in a school's inbox. The key is the promise: at most once per event and school.

    read_at: when somebody of the school first said that it was read.
    """

    __tablename__ = "entries"

    notice_seq: Mapped[int] = mapped_column(COUNTED, ForeignKey("notices.seq"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    read_at: Mapped[datetime | None]

    def task(self, notice: Notice, *, called_off: datetime | None = None) -> NotificationsTask:
        """Whether it waits for the school's liaison: until it is read, or was called off by a later notice."""
        done = self.read_at or called_off
        sentence = _sentence(notice)
        return NotificationsTask(
            task_id=named("notifications.reading", f"{notice.id}/{self.school_id}"),
            version=2 if done else 1,
            audiences=(f"liaison@school:{self.school_id}",),
            sentence_zh=sentence.zh,
            sentence_en=sentence.en,
            verb_zh="看通知",
            verb_en="Read it",
            link=f"/notifications/#notice-{notice.id}",
            opened_at=notice.told_at,
            due=notice.starts_at if notice.kind in INVITING else None,
            closed_at=done,
        )


def _sentence(notice: Notice) -> Sentence:
    title, why = notice.title, notice.reason
    match notice.kind:
        case "session_cancelled":
            said = Sentence(
                zh=f"活动取消：《{title}》不再举行。{why}",
                en=f"Cancelled: “{title}” does not take place. {why}",
            )
        case "session_postponed":
            said = Sentence(zh=f"活动延期：《{title}》。{why}", en=f"Postponed: “{title}”. {why}")
        case "session_recalled":
            said = Sentence(
                zh=f"通知撤回：《{title}》之前的通知作废。{why}",
                en=f"Recalled: what you were told of “{title}” holds no more. {why}",
            )
        case "place_promoted":
            said = Sentence(
                zh=f"候补递补：《{title}》有了名额，贵校 {why} 人由候补转为参加。",
                en=f"From the waiting list: “{title}” has places, and {why} of your people take part now.",
            )
        case "session_withdrawn":
            said = Sentence(
                zh=f"不再邀请：《{title}》的参加学校有变动。",
                en=f"No longer invited: “{title}” goes on without you.",
            )
        case "session_revised":
            said = Sentence(
                zh=f"活动有变动：《{title}》，请看改了什么。",
                en=f"Changed: “{title}”. See what is different.",
            )
        case _:
            said = Sentence(
                zh="，".join([f"活动邀请：《{title}》", *filter(None, [notice.place])]),
                en=", ".join([f"Invitation: “{title}”", *filter(None, [notice.place])]),
            )
    return said
