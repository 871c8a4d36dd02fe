"""The form by which a region appraises a kind of exchange."""

from collections.abc import Collection
from zlib import crc32

import sqlalchemy as sa

from services.exchange.appraisals.commands.rating import insist_text
from services.exchange.appraisals.model import AppraisalForm, Form
from services.exchange.appraisals.queries import newest_number
from services.exchange.placements.model import KINDS
from shared.auth import covers
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Stale
from shared.text import Sentence

#: Space of our advisory locks.
_LOCKS = 0x464F52


def decide_form(
    tx: Transaction,
    *,
    region: str,
    kind: str,
    form: Form,
    why: str,
    scopes: Collection[str],
    seen: int | None = None,
) -> int:
    """Enter the next version of a region's form; appraisals that have begun keep theirs. seen: the number of the last one.

    Raises Forbidden, Invalid, Stale.
    """
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
    if tx.db.get_bind().dialect.name == "postgresql":  # two first versions have no row to lock
        tx.db.execute(
            sa.select(sa.func.pg_advisory_xact_lock(_LOCKS, crc32(f"{region}/{kind}".encode()) & 0x7FFF))
        )
    last = newest_number(tx.db, region, kind)
    if seen is not None and seen != last:
        raise Stale(
            Sentence(
                zh="你打开页面之后，别人改过这张考核表。请核对现在的内容，再提交。",
                en="Somebody changed this form since you opened the page. Look at it as it is now, then try again.",
            ),
            seen=seen,
            now=last,
        )
    number = last + 1
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
