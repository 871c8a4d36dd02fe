"""Opening a county's closed school year again: what was fixed is asked anew, and why it was opened stays."""

from collections.abc import Collection

import sqlalchemy as sa

from services.exchange.compliance.commands.rolling import FACTS, YEARS
from services.exchange.compliance.model import Closing, Reopening, RollEntry, RollYear
from services.exchange.compliance.policies import may_reopen
from services.exchange.compliance.queries.places import no_such_year
from shared.auth import covers
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal
from shared.roster import roster_people
from shared.text import Sentence

#: Characters of a reason.
LONGEST = 500


def reopen_year(
    tx: Transaction, *, year: int, region: str, reason: str, scopes: Collection[str]
) -> Reopening:
    """Undo the closing of a county's year; the numbers that it fixed are kept beside the reason.

    Raises NotFound, Forbidden for the county's own coordinator, Invalid without a reason, Refusal where it is not closed.
    """
    if year not in YEARS or not any(covers(scope, region=region) for scope in scopes):
        raise no_such_year()
    if not may_reopen(region, scopes):
        raise Forbidden(
            Sentence(
                zh="封存的学年由上一级区域或管理员重新打开。",
                en="A closed school year is opened again by the region above, or an administrator.",
            )
        )
    if not reason or len(reason) > LONGEST:
        raise Invalid(
            Sentence(
                zh=f"请写明为什么重新打开，最多 {LONGEST} 个字。",
                en=f"Say why it is opened again, in at most {LONGEST} characters.",
            ),
            field="reason",
        )
    # Locked, as when it is closed.
    if tx.db.scalar(sa.select(RollYear).where(RollYear.year == year).with_for_update()) is None:
        raise no_such_year()
    closing = tx.db.get(Closing, (year, region))
    if closing is None:
        raise Refusal(
            Sentence(
                zh=f"{year}–{year + 1} 学年没有封存，不用重新打开。",
                en=f"The school year {year}–{year + 1} is not closed.",
            )
        )
    last = tx.db.scalar(
        sa.select(sa.func.max(Reopening.number)).where(
            Reopening.year == year, Reopening.region_code == region
        )
    )
    reopening = Reopening(
        year=year,
        region_code=region,
        number=(last or 0) + 1,
        figures=closing.figures,
        closed_by=closing.by,
        closed_at=closing.at,
        reason=reason,
        by=tx.actor,
        at=tx.now,
    )
    tx.db.add(reopening)
    _follow(tx, year, region)
    tx.db.execute(
        sa.update(RollEntry)
        .where(RollEntry.year == year, RollEntry.region_code == region)
        .values(
            dict.fromkeys(
                ("region_code", "sender_id", "why", "exchanged", "senior", "principal", "due", "placement_id")
            )
        )
        .execution_options(synchronize_session=False)
    )
    tx.db.delete(closing)
    tx.record(what="exchange.year.reopened", subject_kind="region", subject=f"{region}/{year}")
    return reopening


def _follow(tx: Transaction, year: int, region: str) -> None:
    """Take over what the directory corrected of these people meanwhile; who has left or moved since was there all the same."""
    people = roster_people.c
    tx.db.execute(
        sa.update(RollEntry)
        .where(
            RollEntry.year == year,
            RollEntry.region_code == region,
            RollEntry.person_id == people.person_id,
            RollEntry.school_id == people.school_id,
            sa.not_(people.left),
            people.merged_into.is_(None),
        )
        .values({fact: getattr(people, fact) for fact in FACTS})
        .execution_options(synchronize_session=False)
    )
