"""Reads about imports."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.imports.model import Import, ImportProblem, ImportRow
from shared.errors import NotFound
from shared.text import Sentence


def imports_within(db: Session, scopes: Iterable[str]) -> list[Import]:
    """The latest fifty imports that somebody with these scopes may see, without their workbooks. One query."""
    held = frozenset(scopes)
    found = db.scalars(sa.select(Import).order_by(Import.staged_at.desc()).limit(200))
    return [made for made in found if made.is_within(held)][:50]


def import_within(db: Session, import_id: UUID, scopes: Iterable[str]) -> Import:
    """One import. Raises NotFound also where it is outside the scopes."""
    made = db.get(Import, import_id)
    if made is None or not made.is_within(scopes):
        raise NotFound(
            Sentence(
                zh="没有找到这次导入，或者不在你的范围内。",
                en="There is no such import, or it is outside your scope.",
            )
        )
    return made


def rows_of(
    db: Session, import_id: UUID, *, kind: str, action: str, offset: int = 0, limit: int = 50
) -> list[ImportRow]:
    """A page of what an import would do, or did, to one kind of thing."""
    wanted = sa.select(ImportRow).where(
        ImportRow.import_id == import_id, ImportRow.kind == kind, ImportRow.action == action
    )
    return list(db.scalars(wanted.order_by(ImportRow.position).offset(offset).limit(limit)))


def skipped_in(db: Session, import_id: UUID, *, offset: int = 0, limit: int = 50) -> list[ImportRow]:
    """A page of the rows that were left alone because they had changed meanwhile."""
    wanted = sa.select(ImportRow).where(ImportRow.import_id == import_id, ImportRow.skipped)
    return list(db.scalars(wanted.order_by(ImportRow.position).offset(offset).limit(limit)))


def count_skipped(db: Session, import_id: UUID) -> int:
    """How many rows were left alone."""
    wanted = sa.select(sa.func.count()).where(ImportRow.import_id == import_id, ImportRow.skipped)
    return db.scalar(wanted) or 0


def overtaking(db: Session, made: Import) -> Import | None:
    """Another import of the same regions that wrote, or takes back, since this one was compared with the register."""
    since = sa.or_(Import.state.in_(["applying", "undoing"]), Import.finished_at > made.read_at)
    wrote = Import.state.in_(["applying", "applied", "undoing", "undone"])
    others = db.scalars(sa.select(Import).where(Import.id != made.id, wrote, since))
    return next((other for other in others if not {*made.touches}.isdisjoint(other.touches)), None)


def problems_of(
    db: Session, import_id: UUID, *, offset: int = 0, limit: int | None = None
) -> list[ImportProblem]:
    """What is wrong with the workbook, in its order."""
    wanted = sa.select(ImportProblem).where(ImportProblem.import_id == import_id)
    return list(db.scalars(wanted.order_by(ImportProblem.position).offset(offset).limit(limit)))
