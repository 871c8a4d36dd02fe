"""Notices and entries: facts, written once by a reaction. All that changes is that a school has read its entry."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import Base
from services.notifications.inbox.model.words import said, with_names
from shared.contracts.notifications import NotificationsTask
from shared.ids import named
from shared.text import Sentence

#: A number that the database counts up; SQLite does so for an INTEGER primary key only.
COUNTED = BigInteger().with_variant(Integer, "sqlite")


#: Kinds of notices that tell of a session that takes place: what is called off with it.
INVITING = ("session_released", "session_revised")

#: Kinds that call off what these schools were told before, and after which they may be invited anew.
NO_MORE = ("session_withdrawn", "session_recalled")


#: Where what is to be confirmed has its page.
ASKING = "/notifications/announcements/"


class Notice(Base):
    """What schools are told. Its id derives from the event behind it: one event is one notice.

    seq: the order in which they were told; several events that arrive together share one moment. happened_at:
    when what they tell of happened, which orders what lay waiting while this service was away; null for what was
    told before it was noted. kind: `session_released`, `session_revised`, `session_postponed`,
    `session_withdrawn` (the school is invited no more), `session_recalled` (it was released by mistake), `place_promoted`
    (who waited takes part now) or `session_cancelled`. session_kind, starts_at, ends_at, place,
    link: of a session that takes place. reason: of a cancelled, postponed or recalled one; of a revised one the names of what is
    different, as the contract has them; how many were promoted. said_zh, said_en: what is no session's says it in a sentence.
    href: the page where one answers, if that is not the session's own.
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
    starts_at: Mapped[datetime | None] = mapped_column(index=True)
    ends_at: Mapped[datetime | None]
    place: Mapped[str]
    link: Mapped[str]
    reason: Mapped[str]
    said_zh: Mapped[str] = mapped_column(server_default="")
    said_en: Mapped[str] = mapped_column(server_default="")
    href: Mapped[str] = mapped_column(server_default="")

    @property
    def asked(self) -> UUID | None:
        """The announcement by which a school confirms it, if it asks for that: then that waits, and not the reading."""
        return UUID(self.href.removeprefix(ASKING)) if self.href.startswith(ASKING) else None

    @property
    def sentence(self) -> Sentence:
        """All of it in one sentence; of a session it follows from the other fields."""
        if self.said_zh:
            return with_names(Sentence(zh=self.said_zh, en=self.said_en), {})
        at = Sentence(zh=f"，{self.place}", en=f", {self.place}") if self.place else Sentence(zh="", en="")
        title, reason = (Sentence(zh=each, en=each) for each in (self.title, self.reason))
        return said(self.kind, {"title": title, "reason": reason, "at": at})

    def task(
        self, school_id: UUID, *, sentence: Sentence, closed_at: datetime | None = None
    ) -> NotificationsTask:
        """What waits for the liaison of a school that was told; `sentence` is that of the notice."""
        return NotificationsTask(
            task_id=named("notifications.reading", f"{self.id}/{school_id}"),
            version=2 if closed_at else 1,
            audiences=(f"liaison@school:{school_id}",),
            sentence_zh=sentence.zh,
            sentence_en=sentence.en,
            verb_zh="看通知",
            verb_en="Read it",
            link=f"/notifications/#notice-{self.id}",
            opened_at=self.told_at,
            due=self.starts_at if self.kind in INVITING else None,
            closed_at=closed_at,
        )


class Entry(Base):
    """A notice in a school's inbox. The key is the promise: at most once per event and school.

    read_at, read_by: when somebody of the school first said that it was read, and who. archived_at: when it was put away.
    """

    __tablename__ = "entries"

    notice_seq: Mapped[int] = mapped_column(COUNTED, ForeignKey("notices.seq"), primary_key=True)
    school_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    read_at: Mapped[datetime | None]
    read_by: Mapped[str] = mapped_column(server_default="")
    archived_at: Mapped[datetime | None]

    def task(self, notice: Notice, *, called_off: datetime | None = None) -> NotificationsTask:
        """Whether it waits for the school's liaison: until it is read, or was called off by a later notice."""
        return notice.task(self.school_id, sentence=notice.sentence, closed_at=self.read_at or called_off)


class Copy(Base):
    """A notice in a person's inbox, at most once per event: a coordinator's, or of somebody whom it is about."""

    __tablename__ = "copies"

    notice_seq: Mapped[int] = mapped_column(COUNTED, ForeignKey("notices.seq"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    read_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
