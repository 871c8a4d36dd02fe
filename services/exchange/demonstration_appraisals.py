"""Demonstration: what became of those who are back: one excellent, one with a plan, one still being rated."""

from datetime import timedelta

from services.exchange.appraisals.model import Appraisal, Rating
from services.exchange.appraisals.policies import DEFAULTS, Given, grade_of, outcome
from services.exchange.appraisals.queries import plan_task, year_of
from services.exchange.placements.model import Placement
from shared.db import Transaction
from shared.ids import named

#: Whose placement, and the scores of the host, a peer and a mentee (or the home school of who shadowed); 评: still being rated.
_RESULTS = """
郑卓玛/2025-08 96 92 95
陈明远/2025-08 62 70 66
马国庆/2025-08 86 88 82
许玉兰/2025-09 84 80 -
林永平/2025-08 88 - - 评
"""
_SAID = {
    "96": "带出两名县级骨干，学生和家长都很认可",
    "62": "课堂组织较弱，听评课次数不足",
    "88": "教学扎实",
}


def appraise(tx: Transaction) -> None:
    """Enter them as raters would have."""
    for line in _RESULTS.split("\n")[1:-1]:
        key, *scores = line.split()
        placement = tx.db.get(Placement, named("placement", key))
        if placement is not None:
            _enter(tx, placement, scores[:3], open_="评" in scores)


def _enter(tx: Transaction, placement: Placement, scores: list[str], *, open_: bool) -> None:
    form = DEFAULTS[placement.kind]
    given = [
        Given(
            rater=role,
            scores={each.name: int(score) for each in form.dimensions if role in each.roles},
        )
        for role, score in zip(form.roles, scores, strict=False)
        if score != "-"
    ]
    found = outcome(form, [], given)
    at = tx.now - timedelta(days=60)
    score = None if open_ else found.score
    grade = grade_of(form, score, gate=True) if score is not None else None
    row = Appraisal(
        id=placement.id,
        version=1,
        state="open" if score is None else "decided",
        origin_region=placement.origin_region,
        year=year_of(placement),
        form=form.written(),
        form_source="默认考核表（区域尚未制定）",
        self_report="承担两个班的教学，每周一次集体备课，带教一名新教师。",
        gate=True,
        gate_note="",
        score=score,
        grade=grade,
        raters=0 if score is None else len(given),
        missing_why="",
        decided_by=None if score is None else tx.actor,
        decided_at=None if score is None else at,
        appeal="",
        appeal_answer="",
        reward="评优评先、职称评聘同等条件优先" if grade == "excellent" else "",
        plan="每月一次公开课，由教研组长听评" if grade == "basic" else "",
        plan_due=(tx.now + timedelta(days=90)).date() if grade == "basic" else None,
        follow_up="",
        adopted="分层作业已在本校两个年级试行" if grade == "excellent" else "",
        changed_at=tx.now,
    )
    tx.db.add(row)
    tx.db.flush()  # ratings refer to it
    tx.db.add_all(
        Rating(
            appraisal_id=row.id,
            rater=each.rater,
            scores=dict(each.scores),
            comment=_SAID.get(str(next(iter(each.scores.values()))), ""),
            by=tx.actor,
            at=at,
        )
        for each in given
    )
    if row.plan:
        tx.emit(plan_task(tx.db, row, placement))
