"""Demonstration: the logs of those who are away, partly from sign-in sheets, partly still to be confirmed."""

from datetime import date

from services.exchange.duties.model import Duty, DutyBook
from services.exchange.duties.queries.tasks import task_of
from services.exchange.placements.model import Placement
from shared.db import Transaction
from shared.ids import named

#: Whose placement, the kind, the day, how many, how it stands, what it was. 签: from a sign-in sheet.
_LOG = """
曾志强/2026-09 demonstration_lesson 2026-09-24 1 confirmed 九年级数学示范课：二次函数的图象
曾志强/2026-09 joint_preparation 2026-10-13 1 confirmed 九年级数学集体备课 签
曾志强/2026-09 mentoring_hours 2026-10-20 6 confirmed 带教两位新教师，听课评课
曾志强/2026-09 lecture 2026-11-05 1 claimed 专题讲座：课堂提问的设计
曾志强/2026-09 joint_preparation 2026-11-10 1 claimed 期中质量分析
高海燕/2026-09 joint_preparation 2026-10-13 1 confirmed 七年级语文集体备课 签
高海燕/2026-09 demonstration_lesson 2026-10-28 1 confirmed 示范课：《济南的冬天》
吴明远/2026-09 demonstration_lesson 2026-10-15 1 confirmed 跟岗汇报课
吴明远/2026-09 joint_preparation 2026-10-13 1 confirmed 物理组集体备课 签
邓晓梅/2025-08 demonstration_lesson 2026-04-16 1 confirmed 校际示范课
邓晓梅/2025-08 mentoring_hours 2026-05-12 10 confirmed 师徒结对带教
"""


def write_logs(tx: Transaction) -> None:
    """Enter what lies before today."""
    today, logs = tx.now.date(), dict[Placement, int]()
    for number, line in enumerate(_LOG.split("\n")[1:-1]):
        key, kind, day, amount, state, text, *marks = line.split()
        placement = tx.db.get(Placement, named("placement", key))
        done_on = date.fromisoformat(day)
        if placement is None or done_on > today:
            continue
        confirmed = state == "confirmed"
        tx.db.add(
            Duty(
                id=named("duty", str(number)),
                placement_id=placement.id,
                kind=kind,
                done_on=done_on,
                amount=int(amount),
                text=text,
                state=state,
                reason="",
                party="" if marks else "teacher",
                presence_id=named("duty.presence", str(number)) if marks else None,
                presence_version=1 if marks else None,
                by=tx.actor,
                at=tx.now,
                answered_by=tx.actor if confirmed else None,
                answered_at=tx.now if confirmed else None,
            )
        )
        logs[placement] = logs.get(placement, 0) + (not confirmed)
    for placement, waiting in logs.items():
        book = DutyBook(
            id=placement.id,
            version=1,
            waiting=waiting,
            waiting_since=tx.now if waiting else None,
            changed_at=tx.now,
        )
        tx.db.add(book)
        if waiting:
            tx.emit(task_of(tx.db, book, placement))
