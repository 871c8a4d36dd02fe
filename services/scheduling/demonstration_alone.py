"""Demonstration: sessions that are part of no programme: a released one that the class collides with, another region's, two drafts.

And one of the coming weeks, so that home pages and calendars have something to show whenever they are first looked at.
"""

from datetime import datetime, time, timedelta

from services.scheduling.claims.commands import take
from services.scheduling.plans.model import ZONE, Leader, Occurrence, Plan
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.ids import named

HAIXI, QIXINGGUAN = "632800", "520502"
_HALL = "培训中心报告厅"

#: Haixi's schools with their principals, in the order of directory's demonstration.
PRINCIPALS = {
    "3632801001": "陈文静",  # 格尔木市第一中学
    "3632801002": "高才让",  # 格尔木市第二中学
    "3632801005": "曾丽华",  # 格尔木市第五中学
    "3632802007": "何晓梅",  # 德令哈市第一小学
    "3632802008": "彭玉兰",  # 德令哈市第二小学
    "3632802009": "郭雪莲",  # 德令哈市第三中学
    "3632802011": "曹海燕",  # 德令哈市第五幼儿园
    "3632803013": "胡文静",  # 茫崖市第一中学
    "3632803016": "邓才让",  # 茫崖市第四中学
    "3632821022": "朱丽华",  # 乌兰县第四中学
    "3632821023": "冯晓梅",  # 乌兰县第五小学
    "3632822028": "马玉兰",  # 都兰县第四小学
    "3632822030": "韩雪莲",  # 都兰县第六中学
    "3632823032": "孙海燕",  # 天峻县第二小学
    "3632823033": "许文静",  # 天峻县第三中学
}
_OF_HAIXI = tuple(PRINCIPALS)[:4] + tuple(PRINCIPALS)[5:6] + tuple(PRINCIPALS)[7:8]
_OF_HAIXI += ("3632821022", "3632822030", "3632823033")
_PRIMARY = ("3632802007", "3632802008", "3632821023", "3632822028", "3632823032")
_FRIDAY = 4
PARTNERS = (
    "3520502001",  # 七星关区第一中学
    "3530627015",  # 镇雄县第一中学
)


def demonstrate_alone(tx: Transaction) -> None:
    """Sessions that are part of no programme; who speaks at the first is on the class's roster, and busy."""
    speaker = Leader(name="何晓梅", person_id=named("person", "3632802007/0"))
    meeting = _session(
        tx,
        "全州教育集团化办学推进会",
        "training",
        "09T10:10",
        "09T12:00",
        _HALL,
        _OF_HAIXI,
        leaders=(speaker,),
    )
    tx.emit(meeting.release(at=tx.now))
    tx.emit(meeting.task())
    guest = Leader(name="陈文静", person_id=named("person", "3632801001/0"))
    lecture = _session(
        tx,
        "集团化办学的海西经验",
        "lecture",
        "11T14:30",
        "11T17:30",
        "七星关区教育局礼堂",
        PARTNERS[:1],
        leaders=(guest,),
        host_region=QIXINGGUAN,
    )
    tx.emit(lecture.release(at=tx.now))
    tx.emit(lecture.task())
    strategy = _session(tx, "集团治理与管理策略", "lecture", "18T08:30", "18T12:00", _HALL, _OF_HAIXI)
    together = (*_OF_HAIXI[:2], "3632802009", *PARTNERS)
    research = _session(
        tx,
        "集团内联合教研现场（同课异构）",
        "joint_research",
        "19T14:30",
        "19T17:30",
        "德令哈市第三中学",
        together,
    )
    weekly = _weekly(tx, "小学数学线上集体备课", _PRIMARY)
    tx.db.flush()
    take(tx, [meeting, lecture, strategy, research, weekly], scopes=["all"])


def _weekly(tx: Transaction, title: str, invited: tuple[str, ...]) -> Session:
    """Released: three online afternoons a week apart, the first the day after tomorrow, or on Monday."""
    day = tx.now.astimezone(ZONE).date() + timedelta(days=2)
    if day.weekday() > _FRIDAY:
        day += timedelta(days=7 - day.weekday())
    times = tuple(
        Occurrence(
            starts_at=datetime.combine(day + timedelta(weeks=week), time(15, 0), tzinfo=ZONE),
            ends_at=datetime.combine(day + timedelta(weeks=week), time(16, 30), tzinfo=ZONE),
            link="https://meeting.example/tongxing-math",
            account="腾讯会议 02",
        )
        for week in range(3)
    )
    host = Leader(name="州教研室数学教研员", role="host")
    plan = Plan(
        title=title,
        kind="collective_preparation",
        occurrences=times,
        leaders=(host,),
        invited_schools=tuple(named("school", code) for code in invited),
    )
    session = Session.draft(id_=named("session", title), plan=plan, host_region=HAIXI, by=tx.actor, at=tx.now)
    tx.db.add(session)
    tx.emit(session.release(at=tx.now))
    tx.emit(session.task())
    return session


def _session(
    tx: Transaction,
    title: str,
    kind: str,
    start: str,
    end: str,
    place: str,
    invited: tuple[str, ...],
    *,
    leaders: tuple[Leader, ...] = (),
    host_region: str = HAIXI,
) -> Session:
    """A draft of June 2025; `start` and `end` as `09T10:10`, `invited` by the schools' codes."""
    once = Occurrence(
        starts_at=datetime.fromisoformat(f"2025-06-{start}").replace(tzinfo=ZONE),
        ends_at=datetime.fromisoformat(f"2025-06-{end}").replace(tzinfo=ZONE),
        place=place,
    )
    plan = Plan(
        title=title,
        kind=kind,
        occurrences=(once,),
        leaders=leaders,
        invited_schools=tuple(named("school", code) for code in invited),
    )
    session = Session.draft(
        id_=named("session", title), plan=plan, host_region=host_region, by=tx.actor, at=tx.now
    )
    tx.db.add(session)
    tx.emit(session.task())
    return session
