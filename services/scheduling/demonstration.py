"""Demonstration: Haixi's class of June 2025 as a draft that collides; one of Haixi's and Zhenxiong's of September 2024 as long closed.

Beside them stand sessions by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from services.scheduling.claims.commands import take
from services.scheduling.demonstration_alone import (
    HAIXI,
    PARTNERS,
    PRINCIPALS,
    QIXINGGUAN,
    demonstrate_alone,
)
from services.scheduling.demonstration_attendance import demonstrate_attendance
from services.scheduling.demonstration_breakouts import demonstrate_breakouts
from services.scheduling.demonstration_taking_part import demonstrate_taking_part
from services.scheduling.plans.model import ZONE, Leader, Occurrence, Plan
from services.scheduling.programmes.model import Outline, Programme, Trainee
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.ids import named

#: Day, time, title, kind, who leads, place.
_JUNE = """
9|09:00-10:00|开班仪式|ceremony|州教育局领导|培训中心报告厅
9|10:10-12:00|教育集团化办学政策解读|lecture|专家A|培训中心报告厅
9|14:30-17:30|教育集团化办学的顶层设计与发展模式|lecture|专家B|培训中心报告厅
9|19:00-21:00|破冰与分组|group_discussion|班主任|各组教室
10|08:30-12:00|集团治理与管理策略|lecture|专家C|培训中心报告厅
10|14:30-17:30|优质教育资源的共享与辐射|lecture|专家D|培训中心报告厅
11|08:30-12:00|案例分享：集团内部教师轮岗交流与师资均衡配置|case_sharing|先进地区校长|培训中心报告厅
11|14:30-17:30|案例分享：以信息化打破地域限制，开展集团内联合教研|case_sharing|先进地区校长|培训中心报告厅
12|08:30-12:00|实地观摩：示范校校园文化与课堂教学|site_visit||示范校一
12|14:30-17:30|实地观摩：社团活动，与管理人员座谈|site_visit||示范校一
13|08:30-12:00|实地观摩：教育集团分校区|site_visit|集团总校|示范校二
13|14:30-17:30|集团内联合教研现场（同课异构）|joint_research|教研组|示范校二
14|08:30-12:00|交流研讨：集团化办学共建、共享、共生|group_discussion|各组组长|各组教室
14|14:30-17:30|分组汇报|group_discussion|班主任|培训中心报告厅
15|08:30-17:30|撰写本地实施方案|self_study||各组教室
16|08:30-12:00|成果展示与点评|outcome_acceptance|专家A、专家B|培训中心报告厅
16|14:30-17:30|结业典礼 颁发结业证书|ceremony|州教育局领导|培训中心报告厅
"""
_SEPTEMBER = """
23|09:00-10:30|开班仪式|ceremony|主持人|镇雄校区报告厅
23|10:40-12:00|以教育家精神办学|lecture|专家A|镇雄校区报告厅
23|14:30-17:30|考察“贯通培养、生涯育人”办学实践|site_visit|校区校长|镇雄校区
24|08:30-12:00|提升治校能力|lecture|专家B|镇雄校区报告厅
24|14:30-17:30|培训教师队伍|training|专家C|镇雄校区报告厅
24|19:00-21:00|经典阅读|group_discussion|导师|各组教室
25|08:30-12:00|增强德育实效|lecture|专家D|镇雄校区报告厅
25|14:30-17:30|提升智育水平|training|专家E|镇雄校区报告厅
26|08:30-17:30|跟岗实习|job_shadowing|导师（每 6 人一名）|镇雄校区
27|08:30-12:00|推进教学改革|lecture|专家F|镇雄校区报告厅
27|14:30-17:30|导师指导：办学方案打磨|mentoring|导师|各组教室
28|08:30-12:00|提升教研水平；成果验收|outcome_acceptance|专家A、专家B|镇雄校区报告厅
28|14:30-17:30|结业|ceremony|主持人|镇雄校区报告厅
"""
_MARCH = """
19|08:30-12:00|学校发展诊断的方法与工具|lecture|专家A|培训中心报告厅
19|14:30-17:30|教师专业成长与校本研修|lecture|专家B|培训中心报告厅
20|08:30-12:00|走进课堂：同课异构观摩与评议|joint_research|教研组|德令哈市第一小学
20|14:30-17:30|分组交流：办学中的真问题|group_discussion|各组组长|各组教室
21|08:30-12:00|县域教育质量监测结果的解读|lecture|专家C|培训中心报告厅
21|14:30-17:30|诊断报告展示与点评；结业|outcome_acceptance|专家A、专家B|培训中心报告厅
"""
_BUREAUS = (
    "吕兰英/都兰县教育局/科员 谢冬梅/都兰县教育局/科员 童俊/天峻县教育局/科员 栾丽华/乌兰县教育局/副局长 谷英/都兰县教育局/科员 "
    "李成/德令哈市教育局/副局长 马明/格尔木市教育局/基教科科长 叶健/天峻县教育局/基教科科长 张兵/都兰县教育局/基教科科长 "
    "秦瑞/天峻县教育局/副局长 尹杨/都兰县教育局/基教科科长 盛云/德令哈市教育局/基教科科长"
)
_OF_QIXINGGUAN = (
    "卢俊 王超 王小红 陈晓丽娟 胡秀兰 向桂兰 王建华 谢雷 陈利 张晓凤英 文华 龙晶 王红 周平 王旭 孙刚 徐静 张莉 陈强 吴凯 屈柳 "
    "张秀芳 张秀云 褚静 高雷 秦丽 刘健 陆峰 杨玉珍 王雪 刘秀荣 鞠红梅 袁建国 李涛 王明 赵玉梅 陈畅 蒙秀英 张建国 江畅 夏飞 苗楠 "
    "成建平 缪秀梅 潘玉珍 张霞 刘玉兰 窦兰英 刘秀珍 侯桂香 项春梅 范彬 张玉兰 胡勇 段阳 李梅 吴莹 周瑜 张秀兰 刘倩 丁鑫"
)
_OF_ZHAOYANG = "马玲 郭文 袁斌 黄晓红 姜利"
_ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class _Written:
    """Somebody on a sheet; `key` where directory's demonstration has them."""

    name: str
    unit: str
    post: str
    key: str = ""


def demonstrate(tx: Transaction) -> None:
    """Enter all of it by the model's own methods.

    The commands would ask the roster's copy for schools and people, and that is still on its way from directory.
    """
    demonstrate_alone(tx)
    demonstrate_taking_part(tx)
    by = tx.actor
    haixi = Programme.draft(
        id_=named("programme", "haixi-2025"),
        outline=Outline(
            title="海西州城乡一体化发展暨教育集团化办学培训班",
            outcome="每人一份本地实施方案，6 月 16 日上午展示，专家点评后验收。",
            hours=64,
        ),
        host_region=HAIXI,
        by=by,
        at=tx.now,
    )
    principals = [_Written(name, "", "校长", key=f"{code}/0") for code, name in PRINCIPALS.items()]
    written = [_Written(*each.split("/")) for each in _BUREAUS.split()]
    june = _enter(tx, haixi, month="2025-06", rows=_JUNE, people=[*written, *principals])
    demonstrate_breakouts(tx, haixi, june)
    tx.emit(haixi.task())

    zhenxiong = Programme.draft(
        id_=named("programme", "zhenxiong-2024"),
        outline=Outline(
            title="七星关区义务教育高质量发展（长水）第二期校长研修班",
            kind="principals_class",
            outcome="办学方案一份",
            hours=48,
        ),
        host_region=QIXINGGUAN,
        by=by,
        at=tx.now,
    )
    local = [
        _Written(name, f"七星关区第{_ORDINALS[number % 10]}{'小学' if number % 3 == 1 else '中学'}", "校长")
        for number, name in enumerate(_OF_QIXINGGUAN.split())
    ]
    guests = [
        _Written(name, f"昭阳区第{_ORDINALS[number]}中学", "校长")
        for number, name in enumerate(_OF_ZHAOYANG.split())
    ]
    class_days = _enter(tx, zhenxiong, month="2024-09", rows=_SEPTEMBER, people=[*local, *guests])
    _hold(tx, zhenxiong, class_days, schools=PARTNERS, issuer="毕节市七星关区")

    spring = Programme.draft(
        id_=named("programme", "haixi-2025-spring"),
        outline=Outline(
            title="海西州中小学校长能力提升班（2025 年春季）",
            kind="principals_class",
            outcome="一份学校发展诊断报告",
            hours=24,
        ),
        host_region=HAIXI,
        by=by,
        at=tx.now,
    )
    spring_days = _enter(tx, spring, month="2025-03", rows=_MARCH, people=principals)
    demonstrate_breakouts(tx, spring, spring_days)
    _hold(tx, spring, spring_days, schools=tuple(PRINCIPALS), issuer="海西蒙古族藏族自治州")


def _hold(
    tx: Transaction, programme: Programme, days: Sequence[Session], *, schools: Sequence[str], issuer: str
) -> None:
    """A class that is over: it was announced on paper then, and nobody needs to be told now."""
    for session in days:
        session.release(at=session.starts_at, also=[named("school", code) for code in schools])
        session.hold(at=session.ends_at)
        session.close(at=session.ends_at)
    take(tx, days, scopes=["all"])
    trainees = sa.select(Trainee).where(Trainee.programme_id == programme.id).order_by(Trainee.ordinal)
    demonstrate_attendance(
        tx,
        programme=programme,
        sessions=days,
        trainees=tx.db.scalars(trainees).all(),
        issuer=issuer,
        schools={named("person", f"{code}/0"): named("school", code) for code in PRINCIPALS},
    )
    programme.settle(drafts=0, at=days[0].starts_at - timedelta(days=3))
    tx.emit(programme.task())


def _enter(
    tx: Transaction, programme: Programme, *, month: str, rows: str, people: Sequence[_Written]
) -> list[Session]:
    """The programme with its sessions and its people; what the sessions would take is noted as wishes of drafts."""
    tx.db.add(programme)
    tx.db.flush()  # the roster refers to it
    for number, each in enumerate(people, start=1):
        tx.db.add(
            Trainee(
                id=_id(programme, f"trainee/{number}"),
                programme_id=programme.id,
                ordinal=number,
                person_id=named("person", each.key) if each.key else None,
                name=each.name,
                unit=each.unit,
                post=each.post,
                phone="",
                source="directory" if each.key else "学员名单",
                entered_at=tx.now,
            )
        )
    sessions = [
        _row(tx, programme, month=month, row=row, ordinal=number)
        for number, row in enumerate(rows.strip().splitlines(), start=1)
    ]
    tx.db.flush()
    take(tx, sessions, scopes=["all"])
    return sessions


def _row(tx: Transaction, programme: Programme, *, month: str, row: str, ordinal: int) -> Session:
    day, times, title, kind, names, place = row.split("|")
    start, end = (
        datetime.fromisoformat(f"{month}-{int(day):02d}T{at}").replace(tzinfo=ZONE) for at in times.split("-")
    )
    session = Session.draft(
        id_=_id(programme, f"session/{ordinal}"),
        plan=Plan(
            title=title,
            kind=kind,
            occurrences=(Occurrence(starts_at=start, ends_at=end, place=place),),
            leaders=tuple(Leader(name=name) for name in names.split("、") if name),
        ),
        host_region=programme.host_region,
        by=tx.actor,
        at=tx.now,
        programme_id=programme.id,
        ordinal=ordinal,
    )
    tx.db.add(session)
    return session


def _id(programme: Programme, part: str) -> UUID:
    return named("demonstration", f"{programme.id}/{part}")
