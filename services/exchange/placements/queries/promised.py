"""Whether an agreement has room for a placement: parties, kinds, term, and numbers by stage and subject."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.agreements.model import Agreement, Line
from services.exchange.agreements.queries import terms_of
from services.exchange.placements.model import KINDS, Placement, Plan
from shared.auth import covers
from shared.errors import Invalid, Refusal
from shared.roster import roster_people
from shared.roster.tables import roster_group_schools
from shared.text import Sentence


def promised(db: Session, agreement: Agreement, plan: Plan, *, regions: tuple[str, str]) -> int:
    """The number of the content in force under which the placement is. The agreement is locked by the caller.

    Raises Invalid or Refusal with what the agreement says.
    """
    terms = terms_of(db, agreement.id, agreement.in_force) if agreement.in_force else None
    if terms is None or agreement.state == "terminated":
        raise Refusal(
            Sentence(
                zh=f"协议《{agreement.title}》还没有生效或已终止。",
                en=f"The agreement “{agreement.title}” is not in force.",
            )
        )
    sides = [
        {party for party in agreement.parties if _lies_with(db, party, school_id=school_id, region=region)}
        for school_id, region in zip((plan.origin_school_id, plan.host_school_id), regions, strict=True)
    ]
    for side, field in zip(sides, ("origin_school_id", "host_school_id"), strict=True):
        if not side:
            raise Invalid(
                _said(
                    agreement, "这所学校不属于协议的任何一方", "this school belongs to none of its parties"
                ),
                field=field,
            )
    if len(sides[0] | sides[1]) < 2:  # noqa: PLR2004  from one party to another
        raise Invalid(
            _said(agreement, "两所学校属于同一方", "both schools belong to one party"), field="host_school_id"
        )
    if not terms.starts_on <= plan.starts_on <= terms.ends_on:
        raise Invalid(
            _said(
                agreement,
                f"期限是 {terms.starts_on} 至 {terms.ends_on}，开始日期不在其中",
                f"it is for {terms.starts_on} to {terms.ends_on}; the first day lies outside",
            ),
            field="starts_on",
        )
    _insist_on_room(db, agreement, plan, terms.lines)
    assert agreement.in_force is not None  # noqa: S101  there are terms
    return agreement.in_force


def _insist_on_room(db: Session, agreement: Agreement, plan: Plan, lines: Sequence[Line]) -> None:
    """Raise Invalid where no line is for this person, or all of its places are taken."""
    person = db.execute(
        sa.select(roster_people.c.stage, roster_people.c.subject).where(
            roster_people.c.person_id == plan.person_id
        )
    ).one()
    fitting = [
        line
        for line in lines
        if line.kind == plan.kind
        and line.stage in ("", person.stage)
        and line.subject in ("", person.subject)
        and (line.until is None or plan.starts_on <= line.until)
    ]
    if not fitting:
        kind = KINDS[plan.kind]  # type: ignore[index]  # a plan was checked
        raise Invalid(
            _said(
                agreement,
                f"没有约定这一学段、学科的{kind.zh}",
                f"it has no {kind.en.lower()} of this stage and subject",
            ),
            field="kind",
        )
    counts = [_count(db, agreement.id, line) for line in fitting]
    if all(count >= line.number for line, count in zip(fitting, counts, strict=True)):
        number = sum(line.number for line in fitting)
        raise Invalid(
            _said(
                agreement,
                f"约定 {number} 人，名额已满。可先续签或修改这一行",
                f"it is for {number}, and all places are taken. Renew or revise this line first",
            ),
            field="agreement_id",
        )


def _count(db: Session, agreement_id: UUID, line: Line) -> int:
    """How many places of a line are taken."""
    people = roster_people.c
    found = (
        sa.select(sa.func.count())
        .select_from(Placement)
        .join(roster_people, people.person_id == Placement.person_id)
        .where(Placement.agreement_id == agreement_id, Placement.taking, Placement.kind == line.kind)
    )
    if line.stage:
        found = found.where(people.stage == line.stage)
    if line.subject:
        found = found.where(people.subject == line.subject)
    return db.scalar(found) or 0


def _lies_with(db: Session, party: str, *, school_id: UUID, region: str) -> bool:
    kind, _, value = party.partition(":")
    if kind == "region":
        return covers(party, region=region)
    if kind == "school":
        return value == str(school_id)
    belongs = roster_group_schools.c
    return bool(
        db.scalar(
            sa.select(sa.literal(1)).where(belongs.group_id == UUID(value), belongs.school_id == school_id)
        )
    )


def _said(agreement: Agreement, zh: str, en: str) -> Sentence:
    return Sentence(zh=f"协议《{agreement.title}》：{zh}。", en=f"The agreement “{agreement.title}”: {en}.")
