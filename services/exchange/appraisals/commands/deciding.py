"""The result, its appeal, and the answer."""

from uuid import UUID
from zlib import crc32

import sqlalchemy as sa

from services.exchange.appraisals.commands.rating import begun, insist_open, insist_text, kept
from services.exchange.appraisals.model import GRADES, Appraisal, Form
from services.exchange.appraisals.policies import grade_of, places
from services.exchange.appraisals.queries import appealed_until, excellent_in, rater_task, shown_of
from services.exchange.placements.commands import take_step
from services.exchange.placements.model import Placement
from services.exchange.placements.queries.reaching import Asker
from shared.db import Transaction
from shared.errors import Invalid, Refusal
from shared.text import Sentence

#: Space of our advisory locks.
_LOCKS = 0x415050


def decide(
    tx: Transaction, *, placement_id: UUID, asker: Asker, missing_why: str = "", lower: bool = False
) -> Appraisal:
    """Give the result that the ratings come to, and lead the placement on.

    missing_why: why it is decided though raters have not rated; without it that is refused. lower: give 合格 where the share of
    优秀 is used up. Raises NotFound, Forbidden, Refusal, Invalid.
    """
    row, placement = begun(tx, placement_id, asker, "decide")
    insist_open(row)
    form, found = Form.of(row.form), shown_of(tx.db, placement).outcome
    if row.gate is None:
        raise Refusal(
            Sentence(zh=f"先登记“{form.gate}”是否合格。", en=f"First say whether “{form.gate}” was in order.")
        )
    if found.score is None:
        empty = [each.name for each in found.means if not each.n]
        raise Refusal(
            Sentence(
                zh=f"还没有人评价：{'、'.join(empty)}。缺了它算不出总分。",
                en=f"Nobody has rated {', '.join(empty)}: there is no score without it.",
            )
        )
    if found.missing and not missing_why:
        raise Invalid(
            Sentence(
                zh=f"还有 {len(found.missing)} 位评价人没有评价。请等他们评价，或写明为什么现在就定结果。",
                en=f"{len(found.missing)} raters have not rated. Wait for them, or say why it is decided now.",
            ),
            field="missing_why",
        )
    grade = grade_of(form, found.score, gate=row.gate)
    if grade == "excellent" and (refused := insist_places(tx, placement, form)):
        if not lower:
            raise Refusal(refused)
        grade = "good"
    row.state, row.score, row.grade, row.raters = "decided", found.score, grade, found.given
    row.missing_why = missing_why if found.missing else ""
    row.decided_by, row.decided_at = tx.actor, tx.now
    if placement.state == "returned":
        take_step(tx, placement_id=placement_id, verb="appraise", asker=asker, facts={"result"})
    kept(tx, row, placement, "decided")
    for rater in found.missing:  # nobody is asked any more
        if ":" in rater and (
            task := rater_task(tx.db, row, placement, UUID(rater.partition(":")[2]), waits=False)
        ):
            tx.emit(task)
    return row


def appeal(tx: Transaction, *, placement_id: UUID, asker: Asker, text: str) -> Appraisal:
    """Ask the home region to look at the result again. Raises NotFound, Forbidden, Refusal, Invalid."""
    row, placement = begun(tx, placement_id, asker, "appeal")
    until = appealed_until(row)
    if until is None or tx.now > until:
        raise Refusal(
            Sentence(
                zh="结果公布后 15 天内可以申诉一次。", en="A result can be appealed once, within 15 days."
            )
        )
    row.appeal, row.appealed_at, row.state = insist_text(text), tx.now, "appealed"
    return kept(tx, row, placement, "appealed")


def answer_appeal(
    tx: Transaction, *, placement_id: UUID, asker: Asker, text: str, grade: str = ""
) -> Appraisal:
    """Answer an appeal, with another grade or with the same, for good. Raises NotFound, Forbidden, Refusal, Invalid."""
    row, placement = begun(tx, placement_id, asker, "answer")
    if row.state != "appealed":
        raise Refusal(Sentence(zh="没有待答复的申诉。", en="There is no appeal to answer."))
    if grade and grade not in GRADES:
        raise Invalid(Sentence(zh="请选择等级。", en="Choose a grade."), field="grade")
    if (
        grade == "excellent"
        and row.grade != "excellent"
        and (refused := insist_places(tx, placement, Form.of(row.form)))
    ):
        raise Refusal(refused)
    row.appeal_answer, row.state = insist_text(text), "decided"
    row.grade = grade or row.grade
    return kept(tx, row, placement, "appeal-answered")


def insist_places(tx: Transaction, placement: Placement, form: Form) -> Sentence | None:
    """Why nobody more can be excellent, or None. The region is locked until the commit, so that the last place goes to one."""
    if tx.db.get_bind().dialect.name == "postgresql":
        tx.db.execute(
            sa.select(sa.func.pg_advisory_xact_lock(_LOCKS, crc32(placement.origin_region.encode()) & 0x7FFF))
        )
    excellent, appraised = excellent_in(tx.db, placement)
    if excellent < places(form, appraised + 1):
        return None
    return Sentence(
        zh=f"优秀不超过 {form.excellent_share}%：本学年已考核 {appraised} 人，优秀 {excellent} 人，名额已满。可以定为合格。",
        en=f"At most {form.excellent_share}% are excellent: of {appraised} appraised this school year {excellent} are. It can be decided as good.",
    )
