"""What was decided outside of Tongxing, and what was published before a restore: entered as it stands."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from services.exchange.placements.commands.telling import enter, regions_of, tell
from services.exchange.placements.model import Placement, Plan
from services.exchange.placements.policies import Finding
from shared.contracts.exchange import PlacementChanged
from shared.db import Transaction
from shared.errors import Refusal
from shared.text import Sentence


def file_placement(
    tx: Transaction,
    *,
    id_: UUID,
    plan: Plan,
    notes: Sequence[Finding],
    today: date,
    source: str,
    import_id: UUID,
    import_row: int,
) -> Placement:
    """Enter what was decided outside of Tongxing, as it stands today. A rule that it misses is noted, not refused.

    Raises Invalid, and Refusal where the person is placed at that time already.
    """
    plan.insist()
    state = "agreed" if today < plan.starts_on else "active" if today <= plan.ends_on else "returned"
    placement = enter(
        tx,
        id_=id_,
        plan=plan,
        regions=regions_of(tx, plan),
        state=state,
        found=notes,
        source=source,
        import_id=import_id,
        import_row=import_row,
    )
    tell(tx, placement, "file", frozenset())
    return placement


def withdraw_filed(tx: Transaction, *, import_id: UUID) -> int:
    """Take back what an import entered, unless any of it went on since. Answers how many. Raises Refusal."""
    filed = tx.db.scalars(
        sa.select(Placement).where(Placement.import_id == import_id).order_by(Placement.id).with_for_update()
    ).all()
    if moved := [each for each in filed if each.version > 1]:
        raise Refusal(
            Sentence(
                zh=f"其中 {len(moved)} 条已有后续办理，不能整体撤销。请在各自的页面办理。",
                en=f"{len(moved)} of them have gone on since, so it cannot be taken back as a whole. See to each on its page.",
            )
        )
    for placement in filed:
        placement.state, placement.taking, placement.changed_at = "withdrawn", False, tx.now
        placement.reason = "撤销导入"
        placement.advance()
        tell(tx, placement, "undo", frozenset(), reason=placement.reason)
    return len(filed)


def adopt_placement(tx: Transaction, event: PlacementChanged) -> None:
    """After a restore: what was published of a placement is newer than the row, which follows it; a lost one is made anew."""
    known = tx.db.get(Placement, event.placement_id)
    if known is None:
        plan = Plan(
            person_id=event.person_id,
            origin_school_id=event.origin_school_id,
            host_school_id=event.host_school_id,
            kind=event.kind,
            starts_on=event.starts_on,
            ends_on=event.ends_on,
            relation_moves=event.relation_moves,
            agreement_id=event.agreement_id,
            agreement_version=event.agreement_version,
        )
        known = Placement.propose(
            id_=event.placement_id,
            plan=plan,
            regions=(event.origin_region, event.host_region),
            state=event.state,
            by=tx.actor,
            at=event.changed_at,
            pair_id=event.pair_id,
        )
        tx.db.add(known)
    if known.version > event.version:
        return
    known.state, known.taking = event.state, event.state not in {"refused", "withdrawn"}
    known.ends_on, known.reason, known.justified = event.ends_on, event.reason, event.justified
    known.changed_at, known.version = event.changed_at, event.version
