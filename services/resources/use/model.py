"""What counts as use. Each click is a row and stays one: figures are made of these rows, and can be made again."""

from datetime import date, datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base
from shared.text import Sentence

Kind = Literal["view", "download", "play"]
KINDS: tuple[Kind, ...] = get_args(Kind)

WORDS: dict[str, Sentence] = {
    "view": Sentence(zh="浏览", en="Views"),
    "download": Sentence(zh="下载", en="Downloads"),
    "play": Sentence(zh="播放", en="Plays"),
    "taught": Sentence(zh="用于上课", en="Taught with"),
    "borrowed": Sentence(zh="借用场地", en="Rooms borrowed"),
}

#: Clicks of one reader on one thing that follow each other within this are one, as COUNTER has it: from click to click, so that
#: a row of impatient clicks is one however long it is.
DOUBLE_CLICK = timedelta(seconds=30)


class Click(Base):
    """Somebody used an item: `kind` is how. thing_id: the item itself, or the file of it that was played or taken away.

    reader: the account, or the device of who has none, by a hash. school_id: whose they are, if a school's.

    counted_at: when the figures of its day were made with it; None: they have yet to be.
    """

    __tablename__ = "clicks"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        Index("ix_clicks_item_id_at", "item_id", "at"),
        Index("ix_clicks_counted_at_at", "counted_at", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID]
    thing_id: Mapped[UUID]
    kind: Mapped[str]
    reader: Mapped[str]
    school_id: Mapped[UUID | None]
    at: Mapped[datetime]
    counted_at: Mapped[datetime | None]


class Count(Base):
    """How often an item was used by a school's people on a day, in the way of `kind`. Made of clicks and lessons, and nothing else.

    school_id: the nil UUID for readers of no school, so that it can be part of the key.
    """

    __tablename__ = "use_counts"

    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    school_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]


class Lesson(Base):
    """Somebody taught with an item: the record of a lesson, which says more than any click.

    by: the account, as an actor. pupils: how many took part, 0 where nobody said. remark: what others should know.
    """

    __tablename__ = "lessons_taught"
    __table_args__ = (UniqueConstraint("item_id", "by", "day", "grade"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    item_id: Mapped[UUID] = mapped_column(index=True)
    school_id: Mapped[UUID | None] = mapped_column(index=True)
    by: Mapped[str]
    day: Mapped[date] = mapped_column(Date)
    grade: Mapped[str]
    pupils: Mapped[int]
    remark: Mapped[str]
    recorded_at: Mapped[datetime]
