"""The form by which a region appraises a kind of exchange."""

from collections.abc import Collection

import sqlalchemy as sa

from services.exchange.appraisals.commands.rating import insist_text
from services.exchange.appraisals.model import AppraisalForm, Form
from services.exchange.placements.model import KINDS
from shared.auth import covers
from shared.db import Transaction
from shared.errors import Forbidden, Invalid
from shared.text import Sentence


def decide_form(
    tx: Transaction, *, region: str, kind: str, form: Form, why: str, scopes: Collection[str]
) -> int:
    """Enter the next version of a region's form; appraisals that have begun keep theirs. Raises Forbidden, Invalid."""
    if not any(covers(scope, region=region) for scope in scopes):
        raise Forbidden(
            Sentence(
                zh="只有这个区域的管理员可以制定考核表。",
                en="Who looks after this region decides on its forms.",
            )
        )
    if kind not in KINDS:
        raise Invalid(Sentence(zh="请选择交流类型。", en="Choose the kind of exchange."), field="kind")
    form.insist()
    last = tx.db.scalar(
        sa.select(sa.func.max(AppraisalForm.number)).where(
            AppraisalForm.region_code == region, AppraisalForm.kind == kind
        )
    )
    number = (last or 0) + 1
    tx.db.add(
        AppraisalForm(
            region_code=region,
            kind=kind,
            number=number,
            form=form.written(),
            why=insist_text(why, field="why"),
            by=tx.actor,
            at=tx.now,
        )
    )
    tx.record(what="exchange.form.decided", subject_kind="region", subject=f"{region}/{kind}")
    return number
