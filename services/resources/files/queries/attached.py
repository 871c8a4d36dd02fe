"""The files of a version."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.resources.files.model.stored import Attachment, Stored
from services.resources.files.model.upload import Upload
from services.resources.files.policies.kinds import shown, word_for
from services.resources.files.policies.naming import extension_of
from shared.errors import NotFound
from shared.text import Sentence


@dataclass(frozen=True, slots=True)
class File:
    """A file at its place, or the link that stands for one."""

    id: UUID
    version_id: UUID
    name: str
    link: str
    stored: Stored | None

    @property
    def word(self) -> Sentence:
        """What people call its type."""
        return (
            word_for(self.stored.media_type)
            if self.stored
            else Sentence(zh="网上的录像", en="recording elsewhere")
        )

    @property
    def extension(self) -> str:
        """As a badge says it."""
        return extension_of(self.name).upper()[:4]

    @property
    def player(self) -> str:
        """`video` or `audio` where a browser plays it, else nothing."""
        media_type = self.stored.media_type if self.stored else ""
        top = media_type.partition("/")[0]
        return top if top in {"video", "audio"} and shown(media_type) else ""

    @property
    def pictures(self) -> bool:
        """Whether it is a picture: the first of a version stands for the whole, and for films until they play."""
        return (
            self.stored is not None
            and self.stored.preview != ""
            and self.stored.media_type.startswith("image/")
        )

    @property
    def opens(self) -> bool:
        """Whether a browser shows it by itself."""
        return self.stored is not None and shown(self.stored.media_type)


def files_of(db: Session, version_id: UUID) -> list[File]:
    """The files of a version, in their order."""
    rows = db.execute(
        sa.select(Attachment, Stored)
        .outerjoin(Stored, Stored.id == Attachment.stored_id)
        .where(Attachment.version_id == version_id)
        .order_by(Attachment.position, Attachment.id)
    )
    return [_file(attachment, stored) for attachment, stored in rows]


def file_of(db: Session, attachment_id: UUID) -> File:
    """One of them, whoever asks: the item that it belongs to says who may. Raises NotFound."""
    row = db.execute(
        sa.select(Attachment, Stored)
        .outerjoin(Stored, Stored.id == Attachment.stored_id)
        .where(Attachment.id == attachment_id)
    ).one_or_none()
    if row is None:
        raise NotFound(Sentence(zh="没有这个文件。", en="There is no such file."))
    return _file(*row)


def coming_for(db: Session, version_id: UUID) -> list[Upload]:
    """What was sent for a version and is not attached: on its way, being examined, or refused."""
    rows = sa.select(Upload).where(Upload.target_id == version_id, Upload.state != "ready")
    return list(db.scalars(rows.order_by(Upload.started_at.desc())))


def text_of(db: Session, version_id: UUID) -> str:
    """The names and the text of all files of a version, for the search document."""
    rows = db.execute(
        sa.select(Attachment.name, Stored.text)
        .outerjoin(Stored, Stored.id == Attachment.stored_id)
        .where(Attachment.version_id == version_id)
        .order_by(Attachment.position)
    )
    return "\n".join(f"{name}\n{text or ''}" for name, text in rows)


def _file(attachment: Attachment, stored: Stored | None) -> File:
    return File(
        id=attachment.id,
        version_id=attachment.version_id,
        name=attachment.name,
        link=attachment.link,
        stored=stored,
    )
