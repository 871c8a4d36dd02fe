"""What may be done with placements. `asker`: who asks; what is neither theirs nor theirs to see is not there for them."""

import dataclasses
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from services.exchange.agreements.model import Agreement
from services.exchange.placements.model import KINDS, Note, Party, Placement, Plan, Step, Verb
from services.exchange.placements.policies import Asker, Candidate, Finding, Rules, eligibility, standing
from services.exchange.placements.queries.overlapping import lock_people, overlapping
from services.exchange.placements.queries.people import candidates, people_named, schools_named
from services.exchange.placements.queries.promised import promised
from services.exchange.placements.queries.reaching import no_such_placement
from services.exchange.placements.queries.waiting import tasks_of
from shared.contracts.exchange import PlacementChanged
from shared.db import Transaction
from shared.errors import Forbidden, Invalid, Refusal, Stale
from shared.ids import uuid7
from shared.text import Sentence

#: As whom a step was done where somebody is several: the nearest to the teacher.
_NEAREST: tuple[Party, ...] = ("teacher", "home", "host", "origin_region", "host_region")


def propose_placement(
    tx: Transaction, *, id_: UUID, plan: Plan, asker: Asker, pair_id: UUID | None = None
) -> Placement:
    """Propose that somebody goes to another school; by the home school it is nominated with that.

    Raises Invalid, Forbidden, and Refusal where the person is placed at that time already.
    """
    regions = _regions(tx, plan)
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
    found = check(tx, plan)
    for finding in found:
        if finding.refuses:
            raise Invalid(_with_source(finding.note), field=finding.field)
    plan = _under_agreement(tx, plan, regions)
    placement = _enter(tx, id_=id_, plan=plan, regions=regions, state="applied", found=found, pair_id=pair_id)
    _tell(tx, placement, "apply", parties)
    if "home" in parties:
        tx.db.flush()  # the step that follows updates the row
        _go(tx, placement, "nominate", parties=parties)
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
    found = check(tx, other)
    for finding in found:
        if finding.refuses:
            raise Invalid(_with_source(finding.note), field="other_person_id")
    other = _under_agreement(tx, other, regions)
    second = _enter(
        tx, id_=ids[1], plan=other, regions=regions, state="applied", found=found, pair_id=pair_id
    )
    _tell(
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
    placement = _enter(
        tx,
        id_=id_,
        plan=plan,
        regions=_regions(tx, plan),
        state=state,
        found=notes,
        source=source,
        import_id=import_id,
        import_row=import_row,
    )
    _tell(tx, placement, "file", frozenset())
    return placement


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
) -> Placement:
    """Lead a placement on. Raises NotFound, Stale, Refusal, Invalid."""
    placement, parties = _theirs(tx, placement_id, asker, seen)
    if verb == "extend" and on is not None and on > placement.ends_on:
        _insist_free(tx, placement.person_id, placement.starts_on, on, besides=placement.id)
    _go(tx, placement, verb, parties=parties, on=on, reason=reason, justified=justified)
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
        _tell(tx, placement, "undo", frozenset(), reason=placement.reason)
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


def check(tx: Transaction, plan: Plan, *, candidate: Candidate | None = None) -> list[Finding]:
    """Every dated rule that a plan does not meet. Raises Invalid where the person cannot be sent from that school at all."""
    candidate = candidate or candidates(tx.db, [plan.person_id]).get(plan.person_id)
    if refused := standing(candidate, plan):
        raise Invalid(refused[0], field=refused[1])
    assert candidate is not None  # noqa: S101  standing has looked
    return eligibility(candidate, plan, Rules())


def _enter(
    tx: Transaction,
    *,
    id_: UUID,
    plan: Plan,
    regions: tuple[str, str],
    state: str,
    found: Sequence[Finding],
    pair_id: UUID | None = None,
    source: str = "typed",
    import_id: UUID | None = None,
    import_row: int | None = None,
) -> Placement:
    _insist_free(tx, plan.person_id, plan.starts_on, plan.ends_on)
    placement = Placement.propose(
        id_=id_,
        plan=plan,
        regions=regions,
        state=state,
        by=tx.actor,
        at=tx.now,
        notes=[finding.note for finding in found],
        pair_id=pair_id,
        source=source,
        import_id=import_id,
        import_row=import_row,
    )
    tx.db.add(placement)
    tx.db.flush()  # its steps refer to it, and who comes next is to see it
    return placement


def _go(
    tx: Transaction,
    placement: Placement,
    verb: Verb,
    *,
    parties: frozenset[Party],
    on: date | None = None,
    reason: str = "",
    justified: bool | None = None,
) -> None:
    placement.go(verb, parties=parties, at=tx.now, on=on, reason=reason, justified=justified)
    _tell(tx, placement, verb, parties, reason=reason, on=on)


def _tell(
    tx: Transaction,
    placement: Placement,
    step: str,
    parties: frozenset[Party],
    *,
    reason: str = "",
    on: date | None = None,
) -> None:
    """Write the step into the timeline, tell the others, and say who is waited for now."""
    tx.db.add(
        Step(
            placement_id=placement.id,
            number=placement.version,
            verb=step,
            state=placement.state,
            party=next((party for party in _NEAREST if party in parties), ""),
            by=tx.actor,
            at=tx.now,
            on=on,
            reason=reason,
        )
    )
    tx.emit(placement.told(step, reason=reason))
    for task in tasks_of(tx.db, [placement]):
        tx.emit(task)


def _insist_free(
    tx: Transaction, person_id: UUID, starts_on: date, ends_on: date, *, besides: UUID | None = None
) -> None:
    lock_people(tx.db, [person_id])
    others = overlapping(tx.db, [person_id], starts_on=starts_on, ends_on=ends_on, besides=besides)
    if not others:
        return
    other = others[0]
    name = people_named(tx.db, [person_id]).get(person_id, "")
    host = schools_named(tx.db, [other.host_school_id]).get(other.host_school_id)
    kind = KINDS[other.kind]  # type: ignore[index]  # a kind of the database is one of these
    raise Invalid(
        Sentence(
            zh=f"{name}在 {other.starts_on:%Y-%m-%d} 至 {other.last_on:%Y-%m-%d} 已有一次{kind.zh}"
            f"（接收学校：{host.name.zh if host else '—'}），同一时间不能再交流。请改日期，或先办结那一次。",
            en=f"{name} is placed from {other.starts_on:%Y-%m-%d} to {other.last_on:%Y-%m-%d} already "
            f"({kind.en.lower()}, host school: {host.name.en if host else '—'}). Change the dates, or end that one first.",
        ),
        field="starts_on",
    )


def _under_agreement(tx: Transaction, plan: Plan, regions: tuple[str, str]) -> Plan:
    """The plan with the content in force of its agreement, which is locked: two must not take its last place."""
    if plan.agreement_id is None:
        return plan
    agreement = tx.load(Agreement, plan.agreement_id)
    number = promised(tx.db, agreement, plan, regions=regions)
    return dataclasses.replace(plan, agreement_version=number)


def _regions(tx: Transaction, plan: Plan) -> tuple[str, str]:
    """Where home and host lie. Raises Invalid where the roster's copy has one of them not, or not any more."""
    schools = schools_named(tx.db, [plan.origin_school_id, plan.host_school_id])
    for field in ("origin_school_id", "host_school_id"):
        school = schools.get(getattr(plan, field))
        if school is None or school.retired:
            raise Invalid(
                Sentence(zh="请选择名录里的学校。", en="Choose a school of the directory."), field=field
            )
    return schools[plan.origin_school_id].region_code, schools[plan.host_school_id].region_code


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


def _with_source(note: Note) -> Sentence:
    """The rule, and where it is written."""
    if not note.source:
        return note.sentence
    return Sentence(zh=f"{note.zh}依据：{note.source}。", en=f"{note.en} Source: {note.source}.")
