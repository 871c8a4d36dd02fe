"""A file on its way: the parts that have come, and what becomes of it when all of them have."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.resources.base import Base
from shared.errors import Refusal
from shared.text import Sentence

#: State → its chip, and what it is called.
STATES: dict[str, tuple[str, Sentence]] = {
    "receiving": ("open", Sentence(zh="正在上传", en="Arriving")),
    "received": ("waiting", Sentence(zh="正在检查", en="Being examined")),
    "ready": ("done", Sentence(zh="可以使用", en="Ready")),
    "refused": ("failed", Sentence(zh="未被接收", en="Refused")),
}


class Upload(Base):
    """A file that somebody sends: receiving → received → ready or refused.

    by: the account, as an actor. length, arrived: bytes. expires_at: until when the rest must have come. why_zh, why_en: the
    sentence of a refusal. stored_id: what it became. target_id: the version of an item that it is to be attached to.
    """

    __tablename__ = "uploads"
    __table_args__ = (CheckConstraint(f"state IN {tuple(STATES)}", name="state"),)

    personal: ClassVar[frozenset[str]] = frozenset()

    id: Mapped[UUID] = mapped_column(primary_key=True)
    by: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    length: Mapped[int] = mapped_column(BigInteger)
    arrived: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    why_zh: Mapped[str]
    why_en: Mapped[str]
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    stored_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"))
    target_id: Mapped[UUID | None] = mapped_column(index=True)

    @property
    def why(self) -> Sentence | None:
        """Why it was refused."""
        return Sentence(zh=self.why_zh, en=self.why_en) if self.why_zh else None

    def receive(self, size: int, *, until: datetime) -> bool:
        """So much more has come; answers whether that was the last. Raises Refusal where nothing more is awaited."""
        if self.state != "receiving" or self.arrived + size > self.length:
            raise Refusal(Sentence(zh="这个文件已经传完。", en="This file has come already."))
        self.arrived += size
        self.expires_at = until
        if self.arrived == self.length:
            self.state = "received"
        return self.state == "received"

    def refuse(self, why: Sentence) -> None:
        """It is not taken, and why."""
        self.state, self.why_zh, self.why_en = "refused", why.zh, why.en

    def accept(self, stored_id: UUID) -> None:
        """It is kept as this."""
        self.state, self.stored_id = "ready", stored_id


class Part(Base):
    """A stretch of a file as one request brought it: from `at`, so many bytes, under `key` where files lie.

    A row says that the part counts; bytes without one were sent twice or cut off, and count for nothing.
    """

    __tablename__ = "upload_parts"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id"), primary_key=True)
    at: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str]
