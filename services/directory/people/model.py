"""People and their states."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Base
from shared.contracts.directory import PersonChanged
from shared.db import Aggregate
from shared.pinyin import spelt


class Person(Aggregate, Base):
    """Somebody at a school or an organisation. The fields are those of the contract; `pinyin` is what one finds them by.

    Of the id number there is never more than its last four digits.
    """

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("school_id IS NULL OR organisation_id IS NULL", name="one_unit"),
        CheckConstraint("length(id_last4) IN (0, 4)", name="four_digits_or_none"),
        # Lists are read in this order, a school's own list and the prefecture's alike.
        Index("ix_people_school_id_pinyin", "school_id", "pinyin", "id"),
        Index("ix_people_pinyin", "pinyin", "id"),
    )

    name: Mapped[str] = mapped_column(index=True)
    pinyin: Mapped[str]
    school_id: Mapped[UUID | None] = mapped_column(ForeignKey("schools.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    sex: Mapped[str]
    birth: Mapped[str]
    id_last4: Mapped[str]
    subject: Mapped[str]
    post: Mapped[str]
    title: Mapped[str]
    backbone: Mapped[str]
    since: Mapped[str]
    degree: Mapped[str]
    stage: Mapped[str]
    phone: Mapped[str]
    left_at: Mapped[datetime | None]
    merged_into: Mapped[UUID | None]

    @classmethod
    def enter(
        cls,
        *,
        id_: UUID,
        name: str,
        school_id: UUID | None = None,
        organisation_id: UUID | None = None,
        sex: str = "",
        birth: str = "",
        id_last4: str = "",
        subject: str = "",
        post: str = "",
        title: str = "",
        backbone: str = "none",
        since: str = "",
        degree: str = "",
        stage: str = "",
        phone: str = "",
    ) -> "Person":
        """Somebody whom the register did not have; `state` tells of them."""
        return cls(
            id=id_,
            version=1,
            name=name,
            pinyin=spelt(name),
            school_id=school_id,
            organisation_id=organisation_id,
            sex=sex,
            birth=birth,
            id_last4=id_last4,
            subject=subject,
            post=post,
            title=title,
            backbone=backbone,
            since=since,
            degree=degree,
            stage=stage,
            phone=phone,
            left_at=None,
            merged_into=None,
        )

    def state(self) -> PersonChanged:
        """The person as the rosters say now, for everybody who keeps a copy. No phone: others do not need it."""
        return PersonChanged(
            person_id=self.id,
            version=self.version,
            name=self.name,
            school_id=self.school_id,
            organisation_id=self.organisation_id,
            sex=self.sex,
            birth=self.birth,
            id_last4=self.id_last4,
            subject=self.subject,
            post=self.post,
            title=self.title,
            backbone=self.backbone,
            since=self.since,
            degree=self.degree,
            stage=self.stage,
            left=self.left_at is not None,
            merged_into=self.merged_into,
        )
