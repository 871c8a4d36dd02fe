"""A staged form as its page shows it, read anew each time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from services.exchange.filings.model import Filing
from services.exchange.filings.policies import read_form
from services.exchange.filings.queries.deciding import Ground, Place, Row, decided
from services.exchange.placements.model import Placement
from services.exchange.placements.queries.eligible import Rules, rules_held
from services.exchange.placements.queries.people import candidates
from services.exchange.rules.queries import regions_named, rulebook
from shared.auth import covers
from shared.auth.grants import significant
from shared.errors import NotFound
from shared.roster import roster_people, roster_schools
from shared.sheets.problems import Problem, UnknownColumn
from shared.sheets.words import close
from shared.text import Sentence

_LATEST, _AT_ONCE = 50, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """All of it. problems: of the reading, which belong to cells."""

    filing: Filing
    rows: Sequence[Row]
    problems: Sequence[Problem]
    unknown: Sequence[UnknownColumn]

    @property
    def taken(self) -> list[Row]:
        """The rows that become placements."""
        return [row for row in self.rows if row.taken]

    @property
    def refused(self) -> list[Row]:
        """The rows that cannot, until somebody puts them right."""
        return [row for row in self.rows if row.refused]

    @property
    def why_not(self) -> Sentence | None:
        """Why it cannot be confirmed, if it cannot."""
        if not self.taken:
            return Sentence(zh="没有一行可以登记。", en="No row can be entered.")
        return None


def filings_within(db: Session, scopes: Collection[str]) -> list[Filing]:
    """The latest forms that coordinators of these scopes brought. One query."""
    codes = [
        Filing.region.startswith(significant(scope.removeprefix("region:")), autoescape=True)
        for scope in scopes
        if scope.startswith("region:")
    ]
    everywhere = sa.true() if "all" in scopes else sa.false()
    found = db.scalars(
        sa.select(Filing)
        .where(sa.or_(everywhere, *codes))
        .order_by(Filing.staged_at.desc(), Filing.id)
        .limit(_LATEST)
    )
    return list(found)


def filing_within(db: Session, filing_id: UUID, scopes: Collection[str]) -> Filing:
    """One form with its file. Raises NotFound."""
    found = db.get(Filing, filing_id, options=[undefer(Filing.data)])
    if found is None or not any(covers(scope, region=found.region) for scope in scopes):
        raise no_such_filing()
    return found


def preview(db: Session, filing: Filing, scopes: Collection[str]) -> Preview:
    """What would become of it. Seven queries, whatever its length. scopes: of the coordinators whose rows they may be."""
    if filing.state == "discarded":
        return Preview(filing=filing, rows=(), problems=(), unknown=())
    entries, problems, unknown = read_form(filing.data, filename=filing.filename)
    people = _people(db, {entry.name for entry in entries})
    facts = candidates(db, [id_ for some in people.values() for id_, _ in some])
    book = rulebook(db)
    names = regions_named(db, {each.region_code for each in book.versions})

    def rules(region: str, day: date) -> Rules:
        return rules_held(book, names, region=region, day=day)

    ground = Ground(
        _schools(db), people, facts, _placed(db, list(facts)), scopes, frozenset(filing.left_out), rules
    )
    rows = list(decided(entries, ground))
    return Preview(filing=filing, rows=rows, problems=problems, unknown=unknown)


def no_such_filing() -> NotFound:
    """What is said of a form that is not there, or not the reader's to know of."""
    return NotFound(
        Sentence(
            zh="没有找到这份备案表，可能不属于你的区域。",
            en="There is no such form, or it is not your region's.",
        )
    )


def _schools(db: Session) -> dict[str, Place]:
    schools = roster_schools.c
    rows = db.execute(
        sa.select(schools.school_id, schools.name, schools.region_code)
        .where(sa.not_(schools.retired))
        .order_by(schools.code.desc())
    )
    return {close(row.name): Place(row.school_id, row.name, row.region_code) for row in rows}


def _people(db: Session, names: Collection[str]) -> dict[str, list[tuple[UUID, str]]]:
    found: dict[str, list[tuple[UUID, str]]] = {}
    wanted, people = sorted(names), roster_people.c
    for start in range(0, len(wanted), _AT_ONCE):
        rows = db.execute(
            sa.select(people.person_id, people.name, people.id_last4).where(
                people.name.in_(wanted[start : start + _AT_ONCE]), people.merged_into.is_(None)
            )
        )
        for row in rows:
            found.setdefault(close(row.name), []).append((row.person_id, row.id_last4))
    return found


def _placed(db: Session, people: Sequence[UUID]) -> list[Placement]:
    found: list[Placement] = []
    for start in range(0, len(people), _AT_ONCE):
        some = people[start : start + _AT_ONCE]
        found += db.scalars(sa.select(Placement).where(Placement.person_id.in_(some), Placement.taking))
    return found
