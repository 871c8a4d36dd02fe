"""Reads about agreements, each in a fixed number of queries."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.agreements.model import Agreement, Answer, Content, Terms, waiting_of
from services.exchange.agreements.policies import parties_of
from services.exchange.placements.model import Placement
from services.exchange.placements.queries.reaching import Asker
from shared.auth import covers
from shared.contracts.exchange import AgreementChanged, ExchangeTask
from shared.errors import NotFound
from shared.ids import named
from shared.roster import name_of, roster_people, roster_schools
from shared.roster.tables import roster_group_schools
from shared.text import Sentence

#: Agreements that a page lists.
MOST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRow:
    """An agreement on a list. names: of its parties. waiting: the parties that are to answer; mine: for which of all the reader stands.

    used: placements under it.
    """

    agreement: Agreement
    names: dict[str, Sentence]
    waiting: tuple[str, ...]
    mine: tuple[str, ...]
    used: int

    @property
    def waits_for_me(self) -> bool:
        """Whether the reader is to answer."""
        return not set(self.waiting).isdisjoint(self.mine)


def mine_of(agreement: Agreement, asker: Asker) -> tuple[str, ...]:
    """For which parties somebody stands."""
    return parties_of(agreement.parties, scopes=asker.scopes, schools={str(id_) for id_ in asker.schools})


def may_read(agreement: Agreement, asker: Asker) -> bool:
    """Whether somebody is to know of it: a party, or who audits one."""
    return bool(parties_of(agreement.parties, scopes=asker.read, schools={str(id_) for id_ in asker.schools}))


def places_of(db: Session, asker: Asker) -> frozenset[str]:
    """The regions and groups of the schools where somebody is at home, as scopes. Two queries, none for who has no school."""
    people, schools, belongs = roster_people.c, roster_schools.c, roster_group_schools.c
    own = sa.select(people.school_id).where(people.person_id == asker.person_id)
    if not asker.schools and asker.person_id is None:
        return frozenset()
    regions = db.scalars(
        sa.select(schools.region_code).where(
            sa.or_(schools.school_id.in_(list(asker.schools)), schools.school_id.in_(own))
        )
    )
    groups = db.scalars(
        sa.select(belongs.group_id).where(
            sa.or_(belongs.school_id.in_(list(asker.schools)), belongs.school_id.in_(own))
        )
    )
    return frozenset({*(f"region:{code}" for code in regions), *(f"group:{id_}" for id_ in groups)})


def concerns(agreement: Agreement, asker: Asker, places: Collection[str]) -> bool:
    """Whether somebody may look at it: who may read all of it, and once it is in force whoever is at home at a party."""
    if may_read(agreement, asker):
        return True
    return agreement.in_force is not None and any(
        place == party
        or (party.startswith("region:") and covers(party, region=place.removeprefix("region:")))
        for place in places
        for party in agreement.parties
    )


def agreements_of(db: Session, asker: Asker) -> list[AgreementRow]:
    """Those that concern the reader, what waits for the reader first. Five queries and one for each party."""
    some = db.scalars(sa.select(Agreement).order_by(Agreement.changed_at.desc(), Agreement.id).limit(MOST))
    places = places_of(db, asker)
    mine = [each for each in some if concerns(each, asker, places)]
    rows = rows_of(db, mine, asker)
    return sorted(rows, key=lambda row: (not row.waits_for_me, not row.waiting))


def rows_of(db: Session, agreements: Sequence[Agreement], asker: Asker) -> list[AgreementRow]:
    """As rows of a list."""
    ids = [each.id for each in agreements]
    answers = db.scalars(sa.select(Answer).where(Answer.agreement_id.in_(ids))).all()
    used = db.execute(
        sa.select(Placement.agreement_id, sa.func.count().label("number"))
        .where(Placement.agreement_id.in_(ids), Placement.taking)
        .group_by(Placement.agreement_id)
    )
    counts = {row.agreement_id: row.number for row in used}
    names = {party: name_of(db, party) for party in {p for each in agreements for p in each.parties}}
    return [
        AgreementRow(
            agreement=each,
            names={party: names[party] for party in each.parties},
            waiting=waiting_of(each, [a for a in answers if a.agreement_id == each.id]),
            mine=mine_of(each, asker),
            used=counts.get(each.id, 0),
        )
        for each in agreements
    ]


def agreement_of(db: Session, agreement_id: UUID, asker: Asker) -> Agreement:
    """One of them. Raises NotFound also where it is not theirs."""
    found = db.get(Agreement, agreement_id)
    if found is None or not concerns(found, asker, places_of(db, asker)):
        raise no_such_agreement()
    return found


def contents_of(db: Session, agreement_id: UUID) -> list[Content]:
    """All that it ever said, the newest first."""
    return list(
        db.scalars(
            sa.select(Content).where(Content.agreement_id == agreement_id).order_by(Content.number.desc())
        )
    )


def answers_of(db: Session, agreement_id: UUID) -> list[Answer]:
    """All answers to it, by time."""
    return list(db.scalars(sa.select(Answer).where(Answer.agreement_id == agreement_id).order_by(Answer.at)))


def terms_of(db: Session, agreement_id: UUID, number: int) -> Terms | None:
    """What one content of it says."""
    content = db.get(Content, (agreement_id, number))
    return Terms.of(content.terms) if content else None


def usable(db: Session, asker: Asker, *, today: date) -> list[Agreement]:
    """Those in force by which the reader may propose somebody."""
    found = db.scalars(
        sa.select(Agreement)
        .where(Agreement.in_force.is_not(None), Agreement.ends_on >= today, Agreement.state != "terminated")
        .order_by(Agreement.title)
        .limit(MOST)
    )
    places = places_of(db, asker)
    return [each for each in found if concerns(each, asker, places)]


def task_of(db: Session, agreement: Agreement, waiting: Collection[str]) -> ExchangeTask:
    """Whether it waits for parties to answer, as of its version."""
    names = [name_of(db, party) for party in agreement.parties]
    return ExchangeTask(
        task_id=named("exchange.agreement", str(agreement.id)),
        version=agreement.version,
        audiences=tuple(
            f"{'liaison' if party.startswith('school:') else 'coordinator'}@{party}" for party in waiting
        ),
        sentence_zh=f"答复协议：《{agreement.title}》第 {agreement.content} 版，{'、'.join(each.zh for each in names)}",
        sentence_en=f"Answer an agreement: “{agreement.title}”, version {agreement.content}, {', '.join(each.en for each in names)}",
        verb_zh="去核对",
        verb_en="Look at it",
        link=f"/exchange/agreements/{agreement.id}",
        opened_at=agreement.changed_at,
        closed_at=None if waiting else agreement.changed_at,
    )


def told_of(
    agreement: Agreement,
    content: Content,
    waiting: tuple[str, ...],
    *,
    step: str,
    by: str = "",
    reason: str = "",
) -> AgreementChanged:
    """What is said of a step."""
    return AgreementChanged(
        agreement_id=agreement.id,
        version=agreement.version,
        title=agreement.title,
        parties=tuple(agreement.parties),
        state=agreement.state,
        content=content.number,
        sha256=content.sha256,
        starts_on=agreement.starts_on,
        ends_on=agreement.ends_on,
        step=step,
        in_force=agreement.in_force,
        waiting=waiting,
        by=by,
        reason=reason,
        terminated_on=agreement.terminated_on,
    )


def agreement_task_states(db: Session) -> Iterator[ExchangeTask]:
    """Of every agreement whether it waits for parties."""
    for agreement in db.scalars(sa.select(Agreement).order_by(Agreement.id)):
        yield task_of(db, agreement, waiting_of(agreement, answers_of(db, agreement.id)))


def no_such_agreement() -> NotFound:
    """What is said of an agreement that is not there, or not the reader's."""
    return NotFound(
        Sentence(
            zh="没有找到这份协议，可能不涉及你的区域或学校。",
            en="There is no such agreement, or you are no party to it.",
        )
    )
