"""Leading a placement on."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from services.exchange.placements.commands.telling import go, insist_free
from services.exchange.placements.model import Fact, Party, Placement, Verb
from services.exchange.placements.policies import Asker
from services.exchange.placements.queries.reaching import no_such_placement
from shared.db import Transaction
from shared.errors import Stale
from shared.text import Sentence


def take_step(
    tx: Transaction,
    *,
    placement_id: UUID,
    verb: Verb,
    asker: Asker,
    on: date | None = None,
    reason: str = "",
    justified: bool | None = None,
    seen: int | None = None,
    facts: Collection[Fact] = (),
) -> Placement:
    """Lead a placement on. facts: what the caller knows to be there that a move needs. Raises NotFound, Stale, Refusal, Invalid."""
    placement, parties = _theirs(tx, placement_id, asker, seen)
    if verb == "extend" and on is not None and on > placement.ends_on:
        insist_free(tx, placement.person_id, placement.starts_on, on, besides=placement.id)
    go(tx, placement, verb, parties=parties, on=on, reason=reason, justified=justified, facts=facts)
    return placement


def _theirs(
    tx: Transaction, placement_id: UUID, asker: Asker, seen: int | None
) -> tuple[Placement, frozenset[Party]]:
    placement = tx.load(Placement, placement_id)
    parties = asker.parties(
        person_id=placement.person_id,
        origin_school_id=placement.origin_school_id,
        host_school_id=placement.host_school_id,
        origin_region=placement.origin_region,
        host_region=placement.host_region,
    )
    if not parties:
        raise no_such_placement()
    if seen is not None and seen != placement.version:
        raise Stale(
            Sentence(
                zh="你打开页面之后，这条交流已有变动。请核对现在的内容，再操作一次。",
                en="This placement has changed since you opened the page. Look at it as it is now, then try again.",
            ),
            seen=seen,
            now=placement.version,
        )
    return placement, parties
