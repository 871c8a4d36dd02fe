"""Files that are kept: each content once, whoever sent it and wherever it is used."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base
from shared.text import Sentence

#: The characters of a file's text that are searched.
LONGEST_TEXT = 200_000


class Stored(Base):
    """A content: its hash, size and type by its bytes, where it lies, and what could be read of it.

    sha256: hexadecimal. key: where files lie. text: for search, empty where there is none or it is not read yet. preview: the
    key of a picture of its first page, or empty. pages: 0 where it has none. read_at: when it was read; None: it will be.
    trouble_zh, trouble_en: what was wrong with reading it.
    """

    __tablename__ = "stored_files"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str]
    key: Mapped[str]
    text: Mapped[str] = mapped_column(Text, deferred=True)
    preview: Mapped[str]
    pages: Mapped[int]
    stored_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    trouble_zh: Mapped[str]
    trouble_en: Mapped[str]

    @property
    def trouble(self) -> Sentence | None:
        """What was wrong with reading it."""
        return Sentence(zh=self.trouble_zh, en=self.trouble_en) if self.trouble_zh else None


class Attachment(Base):
    """A file at its place: the `position`-th of a version of an item, under the name that people see.

    link: where it can be watched instead, of a recording that lies elsewhere; then there is no stored file.
    """

    __tablename__ = "attachments"
    __table_args__ = (UniqueConstraint("version_id", "stored_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(index=True)
    stored_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    link: Mapped[str]
    added_by: Mapped[str]
    added_at: Mapped[datetime]
