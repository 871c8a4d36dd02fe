"""Demonstration: Haixi's class of June 2025 on schools that work as groups; two drafts and one released session."""

from datetime import datetime
from zoneinfo import ZoneInfo

from services.scheduling.plans.model import Plan
from services.scheduling.sessions.model import Session
from shared.db import Transaction
from shared.ids import named

_HAIXI = "632800"
_ZONE = ZoneInfo("Asia/Shanghai")

_OF_HAIXI = (
    "3632801001",  # 格尔木市第一中学
    "3632801002",  # 格尔木市第二中学
    "3632801005",  # 格尔木市第五中学
    "3632802007",  # 德令哈市第一小学
    "3632802009",  # 德令哈市第三中学
    "3632803013",  # 茫崖市第一中学
    "3632821022",  # 乌兰县第四中学
    "3632822030",  # 都兰县第六中学
    "3632823033",  # 天峻县第三中学
)
_PARTNERS = (
    "3520502001",  # 七星关区第一中学
    "3530627015",  # 镇雄县第一中学
)


def demonstrate(tx: Transaction) -> None:
    """Enter the sessions, by the model's own methods.

    The commands would ask the roster's copy for the schools, and that is still on its way from directory.
    """
    hall = "培训中心报告厅"
    policy = _enter(tx, "教育集团化办学政策解读", "lecture", "09T10:10", "09T12:00", hall, _OF_HAIXI)
    tx.emit(policy.release(at=tx.now))
    tx.emit(policy.task())
    _enter(tx, "集团治理与管理策略", "lecture", "10T08:30", "10T12:00", hall, _OF_HAIXI)
    together = (*_OF_HAIXI[:2], "3632802009", *_PARTNERS)
    _enter(
        tx, "集团内联合教研现场（同课异构）", "joint_research", "13T14:30", "13T17:30", "示范校二", together
    )


def _enter(
    tx: Transaction, title: str, kind: str, start: str, end: str, place: str, invited: tuple[str, ...]
) -> Session:
    """A draft of June 2025; `start` and `end` as `09T10:10`, `invited` by the schools' codes."""
    plan = Plan.once(
        title=title,
        kind=kind,
        starts_at=datetime.fromisoformat(f"2025-06-{start}").replace(tzinfo=_ZONE),
        ends_at=datetime.fromisoformat(f"2025-06-{end}").replace(tzinfo=_ZONE),
        place=place,
        invited_schools=tuple(named("school", code) for code in invited),
    )
    session = Session.draft(
        id_=named("session", title), plan=plan, host_region=_HAIXI, by=tx.actor, at=tx.now
    )
    tx.db.add(session)
    tx.emit(session.task())
    return session
