"""What an account has sent."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.files.model.stored import Stored
from services.resources.files.model.upload import Upload
from shared.errors import NotFound
from shared.text import Sentence


def own_uploads(db: Session, *, by: str) -> list[tuple[Upload, Stored | None]]:
    """What this account has sent and that is still known, the latest first, with what it became."""
    rows = db.execute(
        sa.select(Upload, Stored)
        .outerjoin(Stored, Stored.id == Upload.stored_id)
        .where(Upload.by == by)
        .order_by(Upload.started_at.desc(), Upload.id)
        .limit(100)
    )
    return [(upload, stored) for upload, stored in rows]


def own_file(db: Session, upload_id: UUID, *, by: str) -> tuple[Upload, Stored]:
    """A file that this account has sent and that was taken. Raises NotFound."""
    row = db.execute(
        sa.select(Upload, Stored)
        .join(Stored, Stored.id == Upload.stored_id)
        .where(Upload.id == upload_id, Upload.by == by)
    ).one_or_none()
    if row is None:
        raise NotFound(Sentence(zh="没有这个文件。", en="There is no such file."))
    upload, stored = row
    return upload, stored
