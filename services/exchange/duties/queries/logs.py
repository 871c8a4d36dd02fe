"""A placement's log, and how far placements are with their targets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.exchange.agreements.model import Content, Terms
from services.exchange.duties.model import Duty, DutyBook, DutyFile
from services.exchange.duties.policies import Progress, months_of, progress_of
from services.exchange.placements.model import Placement
from services.exchange.placements.queries.reaching import Asker, reaches
from services.exchange.placements.queries.rows import PlacementRow, rows_of

#: Placements on the page of progress.
_THERE = ("active", "midterm", "returned", "ended_early")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file beside an entry."""

    id: UUID
    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """An entry as a page shows it."""

    id: UUID
    kind: str
    done_on: date
    amount: int
    text: str
    state: str
    reason: str
    party: str
    session_id: UUID | None
    from_sheet: bool
    at: datetime
    files: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A placement and how far it is."""

    row: PlacementRow
    progress: Sequence[Progress]
    waiting: int


def log_of(db: Session, placement_id: UUID) -> list[DutyRow]:
    """The entries, the latest first. Two queries."""
    duties = db.scalars(
        sa.select(Duty).where(Duty.placement_id == placement_id).order_by(Duty.done_on.desc(), Duty.at.desc())
    ).all()
    files: dict[UUID, list[FileRow]] = {}
    for file in db.execute(
        sa.select(DutyFile.duty_id, DutyFile.id, DutyFile.name, DutyFile.size)
        .join(Duty, Duty.id == DutyFile.duty_id)
        .where(Duty.placement_id == placement_id)
        .order_by(DutyFile.id)
    ):
        files.setdefault(file.duty_id, []).append(FileRow(file.id, file.name, file.size))
    return [
        DutyRow(
            id=each.id,
            kind=each.kind,
            done_on=each.done_on,
            amount=each.amount,
            text=each.text,
            state=each.state,
            reason=each.reason,
            party=each.party,
            session_id=each.session_id,
            from_sheet=each.presence_id is not None,
            at=each.at,
            files=tuple(files.get(each.id, ())),
        )
        for each in duties
    ]


def progress(db: Session, placements: Sequence[Placement | PlacementRow]) -> dict[UUID, list[Progress]]:
    """How far each of these is with its targets. Two queries."""
    ids = [each.id for each in placements]
    done: dict[UUID, dict[tuple[str, str], int]] = {}
    for row in db.execute(
        sa.select(Duty.placement_id, Duty.kind, Duty.state, sa.func.sum(Duty.amount).label("amount"))
        .where(Duty.placement_id.in_(ids), Duty.state.in_(("claimed", "confirmed")))
        .group_by(Duty.placement_id, Duty.kind, Duty.state)
    ):
        done.setdefault(row.placement_id, {})[row.kind, row.state] = int(row.amount)
    targets = _targets(db, placements)
    return {
        each.id: progress_of(
            targets.get((each.agreement_id, each.agreement_version), {}),
            months_of(each.starts_on, each.last_on),
            done.get(each.id, {}),
        )
        for each in placements
    }


def lines(
    db: Session, asker: Asker, *, scopes: Iterable[str] | None, offset: int, limit: int
) -> tuple[list[Line], int]:
    """Everybody who is placed and whom the reader may know of, those with most to confirm first. Six queries."""
    waiting = sa.func.coalesce(DutyBook.waiting, 0)
    condition = sa.and_(reaches(asker, scopes=scopes), Placement.state.in_(_THERE))
    total = db.scalar(sa.select(sa.func.count()).select_from(Placement).where(condition)) or 0
    found = db.execute(
        sa.select(Placement, waiting.label("waiting"))
        .outerjoin(DutyBook, DutyBook.id == Placement.id)
        .where(condition)
        .order_by(waiting.desc(), Placement.ends_on, Placement.id)
        .offset(offset)
        .limit(limit)
    ).all()
    placements = [row[0] for row in found]
    far = progress(db, placements)
    rows = rows_of(db, placements)
    return [Line(row, far[row.id], each.waiting) for row, each in zip(rows, found, strict=True)], total


def _targets(
    db: Session, placements: Sequence[Placement | PlacementRow]
) -> dict[tuple[UUID | None, int | None], Mapping[str, int]]:
    """The targets of the contents under which these are."""
    wanted = {each.agreement_id for each in placements if each.agreement_id}
    if not wanted:
        return {}
    contents = db.scalars(sa.select(Content).where(Content.agreement_id.in_(list(wanted))))
    return {(each.agreement_id, each.number): Terms.of(each.terms).targets for each in contents}
