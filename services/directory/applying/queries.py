"""Which rows of an import are next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.directory.imports.model import ImportRow


@dataclass(frozen=True, slots=True)
class Row:
    """What is to be done to one thing; the fields are those of an import's row. No aggregate: nobody changes it."""

    import_id: UUID
    position: int
    kind: str
    action: str
    target_id: UUID
    base: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    version: int | None


_ROW = [getattr(ImportRow, name) for name in Row.__dataclass_fields__]


def rows_to_apply(db: Session, import_id: UUID, *, after: int, gone: bool, limit: int) -> list[Row]:
    """The next rows that nobody has applied or left alone, in order.

    gone: people whom the sheet no longer has, too; schools are only told of.
    """
    wanted = sa.or_(
        ImportRow.action.in_(["added", "changed"]),
        sa.and_(ImportRow.action == "gone", ImportRow.kind == "people", sa.literal(gone)),
    )
    rows = sa.select(*_ROW).where(
        ImportRow.import_id == import_id,
        ImportRow.position > after,
        ImportRow.version.is_(None),
        sa.not_(ImportRow.skipped),
        wanted,
    )
    return [Row(*row) for row in db.execute(rows.order_by(ImportRow.position).limit(limit))]


def rows_to_take_back(db: Session, import_id: UUID, *, before: int, limit: int) -> list[Row]:
    """The next rows that were applied and no undoing has come by, the last first."""
    rows = sa.select(*_ROW).where(
        ImportRow.import_id == import_id,
        ImportRow.position < before,
        ImportRow.version.is_not(None),
        sa.not_(ImportRow.taken_back),
    )
    return [Row(*row) for row in db.execute(rows.order_by(ImportRow.position.desc()).limit(limit))]
