"""Proposing that somebody goes to another school, and two schools that swap."""

import dataclasses
from uuid import UUID

from services.exchange.agreements.model import Agreement
from services.exchange.placements.commands.telling import enter, go, regions_of, tell
from services.exchange.placements.model import Note, Placement, Plan
from services.exchange.placements.policies import Asker, Candidate, Finding, standing
from services.exchange.placements.queries.eligible import missed, rules_on
from services.exchange.placements.queries.people import candidates
from services.exchange.placements.queries.promised import promised
from shared.db import Transaction
from shared.errors import Forbidden, Invalid
from shared.ids import uuid7
from shared.text import Sentence


def propose_placement(
    tx: Transaction, *, id_: UUID, plan: Plan, asker: Asker, pair_id: UUID | None = None
) -> Placement:
    """Propose that somebody goes to another school; by the home school it is nominated with that.

    Raises Invalid, Forbidden, and Refusal where the person is placed at that time already.
    """
    regions = regions_of(tx, plan)
    parties = asker.parties(
        person_id=plan.person_id,
        origin_school_id=plan.origin_school_id,
        host_school_id=plan.host_school_id,
        origin_region=regions[0],
        host_region=regions[1],
    )
    if parties.isdisjoint({"teacher", "home", "origin_region"}):
        raise Forbidden(
            Sentence(
                zh="由本人、派出学校或派出区域提出。你可以请对方提出，或提出一次互换。",
                en="The teacher, the home school or its region proposes a placement. Ask one of them.",
            ),
            field="origin_school_id",
        )
    plan.insist()
    found = check(tx, plan, region=regions[0])
    for finding in found:
        if finding.refuses:
            raise Invalid(_with_source(finding.note), field=finding.field)
    plan = _under_agreement(tx, plan, regions)
    placement = enter(tx, id_=id_, plan=plan, regions=regions, state="applied", found=found, pair_id=pair_id)
    tell(tx, placement, "apply", parties)
    if "home" in parties:
        tx.db.flush()  # the step that follows updates the row
        go(tx, placement, "nominate", parties=parties)
    return placement


def propose_pair(
    tx: Transaction, *, ids: tuple[UUID, UUID], plans: tuple[Plan, Plan], asker: Asker
) -> tuple[Placement, Placement]:
    """Propose that two schools swap somebody: two placements that know of each other. Raises as `propose_placement`.

    Each school nominates its own; who proposes both must be of one of the sides.
    """
    one, other = plans
    if (one.origin_school_id, one.host_school_id) != (other.host_school_id, other.origin_school_id):
        raise Invalid(
            Sentence(
                zh="互换是两所学校各派一人到对方学校。",
                en="In an exchange pair each of two schools sends somebody to the other.",
            ),
            field="other_person_id",
        )
    pair_id = uuid7()
    first = propose_placement(tx, id_=ids[0], plan=one, asker=asker, pair_id=pair_id)
    regions = (first.host_region, first.origin_region)
    other.insist()
    found = check(tx, other, region=regions[0])
    for finding in found:
        if finding.refuses:
            raise Invalid(_with_source(finding.note), field="other_person_id")
    other = _under_agreement(tx, other, regions)
    second = enter(tx, id_=ids[1], plan=other, regions=regions, state="applied", found=found, pair_id=pair_id)
    tell(
        tx,
        second,
        "apply",
        asker.parties(
            person_id=other.person_id,
            origin_school_id=other.origin_school_id,
            host_school_id=other.host_school_id,
            origin_region=regions[0],
            host_region=regions[1],
        ),
    )
    return first, second


def check(tx: Transaction, plan: Plan, *, region: str, candidate: Candidate | None = None) -> list[Finding]:
    """Every dated rule of its home region that a plan does not meet. Raises Invalid where the person cannot be sent from that school at all."""
    candidate = candidate or candidates(tx.db, [plan.person_id]).get(plan.person_id)
    if refused := standing(candidate, plan):
        raise Invalid(refused[0], field=refused[1])
    assert candidate is not None  # noqa: S101  standing has looked
    return missed(candidate, plan, rules=rules_on(tx.db, region=region, day=plan.starts_on))


def _under_agreement(tx: Transaction, plan: Plan, regions: tuple[str, str]) -> Plan:
    """The plan with the content in force of its agreement, which is locked: two must not take its last place."""
    if plan.agreement_id is None:
        return plan
    agreement = tx.load(Agreement, plan.agreement_id)
    number = promised(tx.db, agreement, plan, regions=regions)
    return dataclasses.replace(plan, agreement_version=number)


def _with_source(note: Note) -> Sentence:
    """The rule, and where it is written."""
    if not note.source:
        return note.sentence
    return Sentence(zh=f"{note.zh}依据：{note.source}。", en=f"{note.en} Source: {note.source}.")
