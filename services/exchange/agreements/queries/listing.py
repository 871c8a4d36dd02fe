"""Agreements as lists show them, each in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.agreements.model import Agreement, Answer, waiting_of
from services.exchange.agreements.queries.finding import no_such_agreement
from services.exchange.agreements.queries.standing import concerns, mine_of, reader_of, regions_of, stands_of
from services.exchange.placements.model import Placement
from services.exchange.placements.queries.reaching import Asker
from shared.roster import name_of
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


def agreements_of(db: Session, asker: Asker) -> list[AgreementRow]:
    """Those that concern the reader, what waits for the reader first. A fixed number of queries, and one for each party."""
    some = db.scalars(sa.select(Agreement).order_by(Agreement.changed_at.desc(), Agreement.id).limit(MOST))
    rows = rows_of(db, _theirs(db, list(some), asker), asker)
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
    stands = stands_of(db, asker)
    names = {party: name_of(db, party) for party in {p for each in agreements for p in each.parties}}
    return [
        AgreementRow(
            agreement=each,
            names={party: names[party] for party in each.parties},
            waiting=waiting_of(each, [a for a in answers if a.agreement_id == each.id]),
            mine=mine_of(each, stands),
            used=counts.get(each.id, 0),
        )
        for each in agreements
    ]


def agreement_of(db: Session, agreement_id: UUID, asker: Asker) -> Agreement:
    """One of them. Raises NotFound also where it is not theirs."""
    found = db.get(Agreement, agreement_id)
    if found is None or not _theirs(db, [found], asker):
        raise no_such_agreement()
    return found


def usable(db: Session, asker: Asker, *, today: date) -> list[Agreement]:
    """Those in force by which the reader may propose somebody."""
    found = db.scalars(
        sa.select(Agreement)
        .where(Agreement.in_force.is_not(None), Agreement.ends_on >= today, Agreement.state != "terminated")
        .order_by(Agreement.title)
        .limit(MOST)
    )
    return _theirs(db, list(found), asker)


def _theirs(db: Session, some: Sequence[Agreement], asker: Asker) -> list[Agreement]:
    """Those that concern who asks."""
    reader, regions = reader_of(db, asker), regions_of(db, some)
    return [each for each in some if concerns(each, reader, regions)]
