"""What every command does last: the row, the step of the timeline, what the others are told and who is waited for."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from services.exchange.placements.model import KINDS, Fact, Party, Placement, Plan, Step, Verb
from services.exchange.placements.policies import Finding
from services.exchange.placements.queries.overlapping import lock_people, overlapping
from services.exchange.placements.queries.people import people_named, schools_named
from services.exchange.placements.queries.waiting import tasks_of
from shared.db import Transaction
from shared.errors import Invalid
from shared.text import Sentence

#: As whom a step was done where somebody is several: the nearest to the teacher.
_NEAREST: tuple[Party, ...] = ("teacher", "home", "host", "origin_region", "host_region")


def enter(
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
    """Write the row of a placement that collides with none of the person. Raises Invalid."""
    insist_free(tx, plan.person_id, plan.starts_on, plan.ends_on)
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


def go(
    tx: Transaction,
    placement: Placement,
    verb: Verb,
    *,
    parties: frozenset[Party],
    on: date | None = None,
    reason: str = "",
    justified: bool | None = None,
    facts: Collection[Fact] = (),
) -> None:
    """Take a step and tell of it. Raises Refusal, Invalid."""
    placement.go(verb, parties=parties, at=tx.now, on=on, reason=reason, justified=justified, facts=facts)
    tell(tx, placement, verb, parties, reason=reason, on=on)


def tell(
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


def insist_free(
    tx: Transaction, person_id: UUID, starts_on: date, ends_on: date, *, besides: UUID | None = None
) -> None:
    """Lock the person, and raise Invalid where another placement takes their time; it is named."""
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


def regions_of(tx: Transaction, plan: Plan) -> tuple[str, str]:
    """Where home and host lie. Raises Invalid where the roster's copy has one of them not, or not any more."""
    schools = schools_named(tx.db, [plan.origin_school_id, plan.host_school_id])
    for field in ("origin_school_id", "host_school_id"):
        school = schools.get(getattr(plan, field))
        if school is None or school.retired:
            raise Invalid(
                Sentence(zh="请选择名录里的学校。", en="Choose a school of the directory."), field=field
            )
    return schools[plan.origin_school_id].region_code, schools[plan.host_school_id].region_code
