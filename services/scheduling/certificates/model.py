"""A certificate, and the serials that its numbers come from."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from shared.db import Aggregate
from shared.errors import Invalid, Refusal
from shared.text import Sentence

#: Characters of a reason, and of a code that is looked for.
LONGEST, LONGEST_CODE = 200, 64

#: Certificates that one address may look up within a minute.
ASKED_AT_MOST = 30


class Serial(Base):
    """The last number that a region gave out in a year; locked by whoever takes the next."""

    __tablename__ = "certificate_serials"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Certificate(Aggregate, Base):
    """That somebody completed a programme. What it says stays as it was when it was issued.

    number: as printed, region-year-serial. code: by which it is verified; not to be guessed. title: of the programme. issuer:
    the region that hosted it, by name. hours: 学时, as a number with at most one decimal. begins_on, ends_on: its days.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        Index(
            "uq_certificates_trainee_id",
            "trainee_id",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
            sqlite_where=text("revoked_at IS NULL"),
        ),
    )

    personal: ClassVar[frozenset[str]] = frozenset({"name"})

    number: Mapped[str] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"), index=True)
    trainee_id: Mapped[UUID]
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    name: Mapped[str]
    unit: Mapped[str]
    title: Mapped[str]
    issuer: Mapped[str]
    hours: Mapped[str]
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    issued_at: Mapped[datetime]
    issued_by: Mapped[str]
    revoked_at: Mapped[datetime | None]
    reason: Mapped[str]

    def revoke(self, *, reason: str, at: datetime) -> None:
        """It holds no more; the page that verifies it says so. Raises Refusal, or Invalid without a reason."""
        if self.revoked_at is not None:
            raise Refusal(Sentence(zh="这张证书已经撤销。", en="This certificate was revoked already."))
        if not 0 < len(reason) <= LONGEST:
            raise Invalid(
                Sentence(
                    zh="请写明撤销的原因，最多 200 个字。",
                    en="Say why it is revoked, in at most 200 characters.",
                ),
                field="reason",
            )
        self.revoked_at, self.reason = at, reason
        self.advance()


def masked(name: str) -> str:
    """A name as a stranger sees it who verifies a certificate: 何晓梅 → 何•梅, 何梅 → 何•."""
    return name[0] + "•" * max(1, len(name) - 2) + (name[-1] if len(name) > 2 else "")  # noqa: PLR2004  two characters


#: Certificates that are set in one go: so many a request may wait for, and so many are a part of many.
AT_ONCE = 150


class Sheets(Base):
    """Certificates of a programme to print, set part by part by the job of the same id. A programme has one at a time."""

    __tablename__ = "certificate_sheets"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programmes.id"), unique=True)
    total: Mapped[int]
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class SheetsPart(Base):
    """A PDF of the certificates from the number `first` to `last`. position: from 0."""

    __tablename__ = "certificate_sheet_parts"

    sheets_id: Mapped[UUID] = mapped_column(ForeignKey("certificate_sheets.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first: Mapped[str]
    last: Mapped[str]
    data: Mapped[bytes] = mapped_column(deferred=True)
