"""Education groups and their states."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Base
from shared.contracts.directory import GroupChanged
from shared.db import Aggregate
from shared.pinyin import spelt


class Group(Aggregate, Base):
    """An education group. `member_ids` are the ids of its schools but for the lead school, as text, in its order."""

    __tablename__ = "education_groups"

    name: Mapped[str]
    pinyin: Mapped[str]
    lead_school_id: Mapped[UUID] = mapped_column(ForeignKey("schools.id"), index=True)
    member_ids: Mapped[list[str]]
    chief_principal: Mapped[str]
    retired_at: Mapped[datetime | None]

    @classmethod
    def enter(
        cls,
        *,
        id_: UUID,
        name: str,
        lead_school_id: UUID,
        member_ids: tuple[UUID, ...],
        chief_principal: str = "",
    ) -> "Group":
        """A group that the register did not have; `state` tells of it."""
        return cls(
            id=id_,
            version=1,
            name=name,
            pinyin=spelt(name),
            lead_school_id=lead_school_id,
            member_ids=[str(member) for member in member_ids],
            chief_principal=chief_principal,
            retired_at=None,
        )

    @property
    def schools(self) -> tuple[UUID, ...]:
        """The lead school, then the members."""
        return (self.lead_school_id, *(UUID(member) for member in self.member_ids))

    def state(self) -> GroupChanged:
        """The group as it is now, for everybody who keeps a copy."""
        return GroupChanged(
            group_id=self.id,
            version=self.version,
            name=self.name,
            lead_school_id=self.lead_school_id,
            member_ids=tuple(UUID(member) for member in self.member_ids),
            chief_principal=self.chief_principal,
            retired=self.retired_at is not None,
        )
