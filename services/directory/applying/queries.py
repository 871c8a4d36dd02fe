"""Which rows of an import are next."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.imports.model import ImportRow


def rows_to_apply(db: Session, import_id: UUID, *, after: int, gone: bool, limit: int) -> list[ImportRow]:
    """The next rows that nobody has applied or left alone, in order.

    gone: people whom the sheet no longer has, too; schools are only told of.
    """
    wanted = sa.or_(
        ImportRow.action.in_(["added", "changed"]),
        sa.and_(ImportRow.action == "gone", ImportRow.kind == "people", sa.literal(gone)),
    )
    rows = sa.select(ImportRow).where(
        ImportRow.import_id == import_id,
        ImportRow.position > after,
        ImportRow.version.is_(None),
        sa.not_(ImportRow.skipped),
        wanted,
    )
    return list(db.scalars(rows.order_by(ImportRow.position).limit(limit)))


def rows_to_take_back(db: Session, import_id: UUID, *, before: int, limit: int) -> list[ImportRow]:
    """The next rows that were applied and no undoing has come by, the last first."""
    rows = sa.select(ImportRow).where(
        ImportRow.import_id == import_id,
        ImportRow.position < before,
        ImportRow.version.is_not(None),
        sa.not_(ImportRow.taken_back),
    )
    return list(db.scalars(rows.order_by(ImportRow.position.desc()).limit(limit)))
