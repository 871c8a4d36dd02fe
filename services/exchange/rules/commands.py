"""What may be done with rules: decide on a next version."""

from collections.abc import Collection
from datetime import date
from zlib import crc32

import sqlalchemy as sa

from services.exchange.rules.model import LONGEST, RegionRule, RegionRules
from services.exchange.rules.policies import changes, may_change
from services.exchange.rules.queries import newest, rulebook
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Stale
from shared.roster import roster_schools
from shared.text import Sentence

#: Space of our advisory locks.
_LOCKS = 0x52554C


def decide_rules(
    tx: Transaction,
    *,
    region: str,
    rules: RegionRules,
    valid_from: date,
    why: str,
    scopes: Collection[str],
    seen: int | None = None,
) -> int:
    """Enter the next version of a region's rules; answers its number. seen: the number that was before one's eyes.

    Raises Forbidden, Invalid, Stale.
    """
    if not may_change(region, scopes):
        raise Forbidden(
            Sentence(
                zh="只有这个区域的管理员可以修改规定。",
                en="Who looks after this region decides on its rules.",
            )
        )
    rules.insist()
    if not why or len(why) > LONGEST:
        raise Invalid(
            Sentence(zh="请写明修改的原因，最多 500 个字。", en="Say why, in at most 500 characters."),
            field="why",
        )
    _insist_known(tx, rules.named)
    if tx.db.get_bind().dialect.name == "postgresql":  # two first versions of a region have no row to lock
        tx.db.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCKS, crc32(region.encode()) & 0x7FFF)))
    last = newest(tx.db, region)
    if seen is not None and seen != last:
        raise Stale(
            Sentence(
                zh="你打开页面之后，别人改过这个区域的规定。请核对现在的内容，再提交。",
                en="Somebody changed these rules since you opened the page. Look at them as they are now, then try again.",
            ),
            seen=seen,
            now=last,
        )
    held = rulebook(tx.db, [region]).on(region, valid_from)
    if held.region_code == region and held.valid_from == valid_from and not changes(held.rules, rules):
        raise Invalid(
            Sentence(
                zh="和现在从这一天起执行的规定相同，没有需要保存的修改。",
                en="This is what holds from that day on already: there is nothing to keep.",
            )
        )
    tx.db.add(
        RegionRule(
            region_code=region,
            number=last + 1,
            valid_from=valid_from,
            rules=rules.written(),
            why=why,
            by=tx.actor,
            at=tx.now,
        )
    )
    tx.record(what="exchange.rules.decided", subject_kind="region", subject=region)
    return last + 1


def _insist_known(tx: Transaction, codes: Collection[str]) -> None:
    """Raise Invalid where a school that is named is none of the directory."""
    schools = roster_schools.c
    known = set(tx.db.scalars(sa.select(schools.code).where(schools.code.in_(sorted(codes)))))
    if unknown := [code for code in codes if code not in known]:
        raise Invalid(
            Sentence(
                zh=f"名录里没有这些学校代码：{'、'.join(unknown[:5])}。",
                en=f"The directory has no schools with these codes: {', '.join(unknown[:5])}.",
            ),
            field="named",
        )
