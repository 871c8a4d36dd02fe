"""Classes of notices, and what was chosen for them in layers: the class itself, a group, a school, a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import Base
from shared.text import Sentence

#: How a notice of a class goes out by a kind of channel.
Mode = Literal["on", "off", "digest"]
MODES: tuple[Mode, ...] = ("on", "digest", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeClass:
    """What notices of one kind have in common.

    mandatory: nobody can turn it off or have it wait for a digest. urgent: quiet hours do not hold it. again: a mail or a
    robot's message of which nobody knows whether it was sent goes out once more; otherwise its sender is asked.
    defaults: by kind of channel, where it is not `on`. stale_after: not worth sending any more.
    """

    name: str
    word: Sentence
    mandatory: bool = False
    urgent: bool = False
    again: bool = True
    defaults: Mapping[str, Mode] = field(default_factory=dict)
    stale_after: timedelta = timedelta(days=14)


CLASSES: Mapping[str, NoticeClass] = {
    one.name: one
    for one in (
        NoticeClass(name="invitation", word=Sentence(zh="活动邀请", en="Invitations"), mandatory=True),
        NoticeClass(name="change", word=Sentence(zh="活动变动", en="Changes of sessions"), mandatory=True),
        NoticeClass(
            name="cancellation",
            word=Sentence(zh="取消与延期", en="Cancelled or postponed"),
            mandatory=True,
            urgent=True,
        ),
        NoticeClass(
            name="confirmation",
            word=Sentence(zh="需要确认的通知", en="Notices to confirm"),
            mandatory=True,
            urgent=True,
        ),
        NoticeClass(
            name="reminder",
            word=Sentence(zh="提醒", en="Reminders"),
            again=False,
            stale_after=timedelta(days=2),
        ),
        NoticeClass(name="exchange", word=Sentence(zh="交流轮岗", en="Exchange of teachers")),
        NoticeClass(name="resource", word=Sentence(zh="资源与场地", en="Resources and rooms")),
        NoticeClass(name="announcement", word=Sentence(zh="公告", en="Announcements"), again=False),
        NoticeClass(
            name="channel",
            word=Sentence(zh="渠道故障", en="Channels that fail"),
            mandatory=True,
            urgent=True,
        ),
        NoticeClass(
            name="digest", word=Sentence(zh="每日汇总", en="Daily digest"), again=False, mandatory=True
        ),
        NoticeClass(
            name="test",
            word=Sentence(zh="渠道测试", en="Trials of channels"),
            mandatory=True,
            urgent=True,
            stale_after=timedelta(hours=1),
        ),
    )
}

#: What nobody chooses anything for.
UNCHOSEN = frozenset({"channel", "digest", "test"})

#: What holds for a class that is newer than this table.
OTHER = NoticeClass(name="other", word=Sentence(zh="其他通知", en="Other notices"))


def class_of(name: str) -> NoticeClass:
    """The class of that name; one that nobody has described yet is neither mandatory nor urgent."""
    return CLASSES.get(name, OTHER)


class Preference(Base):
    """What one owner chose for notices of a class by a kind of channel.

    owner: `group:ID`, `school:ID` or `account:ID`. mode: `on`, `digest` or `off`.
    """

    __tablename__ = "preferences"

    owner: Mapped[str] = mapped_column(primary_key=True)
    class_name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    mode: Mapped[str]


class Quiet(Base):
    """When an owner is not to be disturbed; what comes meanwhile is held, not dropped.

    starts, ends: minutes of the owner's day, across midnight where ends is the smaller; equal: never. days_off: nor on days
    without school. digest_at: the minute of the day at which the digest goes out.
    """

    __tablename__ = "quiet_hours"

    owner: Mapped[str] = mapped_column(primary_key=True)
    starts: Mapped[int] = mapped_column(default=0)
    ends: Mapped[int] = mapped_column(default=0)
    days_off: Mapped[bool] = mapped_column(default=False)
    digest_at: Mapped[int] = mapped_column(default=17 * 60)


class Day(Base):
    """A day that is not what its weekday says: a holiday, or a make-up workday (调休).

    day: `YYYY-MM-DD`. works: whether people work on it. Administrators add each year's when it is announced.
    """

    __tablename__ = "days"

    day: Mapped[str] = mapped_column(primary_key=True)
    works: Mapped[bool]
    name: Mapped[str]
