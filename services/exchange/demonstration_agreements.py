"""Demonstration: Haixi's agreement with Qixingguan. Version 1 is agreed, version 2 waits for Qixingguan."""

from collections.abc import Sequence
from datetime import date, timedelta

from services.exchange.agreements.model import Agreement, Answer, Content, Dimension, Line, Terms
from services.exchange.agreements.queries import task_of, told_of
from shared.db import Transaction
from shared.ids import named

_PARTIES = ("region:632800", "region:520502")

_TERMS = Terms(
    title="海西州—七星关区教师交流协议（2026—2029）",
    starts_on=date(2026, 9, 1),
    ends_on=date(2029, 8, 31),
    lines=(
        Line(kind="support_teaching", number=6, stage="junior"),
        Line(kind="support_teaching", number=4, stage="primary"),
        Line(kind="job_shadowing", number=10),
    ),
    criteria=("支教教师原则上为县级以上骨干、中级以上职称", "跟岗教师教龄三年以内优先"),
    home_duties=("保留人事关系和工资待遇", "每学期走访一次"),
    host_duties=("安排住宿和带教教师", "按月登记考勤"),
    targets={"demonstration_lesson": 4, "lecture": 2, "joint_preparation": 8, "mentoring_hours": 40},
    dimensions=(
        Dimension(name="教学实绩", weight=40),
        Dimension(name="带动当地教师", weight=40),
        Dimension(name="协作教研", weight=20),
    ),
    subsidies={"support_teaching": 200_000, "job_shadowing": 80_000},
    notice_days=30,
)


def agree(tx: Transaction) -> Agreement:
    """Version 1 agreed by both, version 2 by Haixi alone."""
    agreement = Agreement(
        id=named("agreement", "haixi-qixingguan"),
        version=1,
        title=_TERMS.title,
        parties=list(_PARTIES),
        proposer=_PARTIES[0],
        state="draft",
        content=0,
        starts_on=_TERMS.starts_on,
        ends_on=_TERMS.ends_on,
        reason="",
        created_by=tx.actor,
        created_at=tx.now - timedelta(days=200),
        changed_at=tx.now,
    )
    tx.db.add(agreement)
    more = Terms(
        **{
            **{name: getattr(_TERMS, name) for name in Terms.__dataclass_fields__},
            "lines": (*_TERMS.lines[:2], Line(kind="job_shadowing", number=16)),
            "notice_days": 60,
        }
    )
    _content(tx, agreement, _TERMS, _PARTIES, days=200, note="")
    newest = _content(tx, agreement, more, _PARTIES[:1], days=2, note="增加跟岗名额")
    agreement.state, agreement.in_force = "asked", 1
    tx.emit(told_of(agreement, newest, _PARTIES[1:], step="revise", by=_PARTIES[0]))
    tx.emit(task_of(tx.db, agreement, _PARTIES[1:]))
    return agreement


def _content(
    tx: Transaction, agreement: Agreement, terms: Terms, approved: Sequence[str], *, days: int, note: str
) -> Content:
    """The next content, as old as that, with who has approved it."""
    at = tx.now - timedelta(days=days)
    content = agreement.follow(terms, at=at)
    content.by, content.note = tx.actor, note
    tx.db.flush()  # contents refer to it
    tx.db.add(content)
    tx.db.add_all(
        Answer(
            agreement_id=agreement.id,
            number=content.number,
            party=party,
            approved=True,
            sha256=content.sha256,
            by=tx.actor,
            at=at,
            reason="",
        )
        for party in approved
    )
    return content
