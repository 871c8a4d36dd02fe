"""Organisations and their states."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from services.directory.base import Base
from shared.contracts.directory import OrganisationChanged
from shared.db import Aggregate
from shared.pinyin import spelt


class Organisation(Aggregate, Base):
    """A unit that is no school. `kind` as in the contract; `pinyin` is what it is found by."""

    __tablename__ = "organisations"
    __table_args__ = (UniqueConstraint("region_code", "name"),)

    name: Mapped[str]
    pinyin: Mapped[str]
    kind: Mapped[str]
    region_code: Mapped[str]
    contact: Mapped[str]
    phone: Mapped[str]
    retired_at: Mapped[datetime | None]

    @classmethod
    def enter(
        cls, *, id_: UUID, name: str, kind: str, region_code: str, contact: str = "", phone: str = ""
    ) -> "Organisation":
        """An organisation that the register did not have; `state` tells of it."""
        return cls(
            id=id_,
            version=1,
            name=name,
            pinyin=spelt(name),
            kind=kind,
            region_code=region_code,
            contact=contact,
            phone=phone,
            retired_at=None,
        )

    def state(self) -> OrganisationChanged:
        """The organisation as it is now, for everybody who keeps a copy."""
        return OrganisationChanged(
            organisation_id=self.id,
            version=self.version,
            name=self.name,
            kind=self.kind,
            region_code=self.region_code,
            retired=self.retired_at is not None,
        )
