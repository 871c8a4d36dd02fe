"""Schools and their states."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Base
from shared.contracts.directory import SchoolChanged
from shared.db import Aggregate


class School(Aggregate, Base):
    """A school. `code` is the code that people know; `stage` as in the contract."""

    __tablename__ = "schools"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    stage: Mapped[str]
    region_code: Mapped[str] = mapped_column(index=True)
    region_name: Mapped[str]

    @classmethod
    def enter(
        cls, *, id_: UUID, code: str, name: str, name_en: str, stage: str, region_code: str, region_name: str
    ) -> "School":
        """A school that the register did not have; `state` tells of it."""
        return cls(
            id=id_,
            version=1,
            code=code,
            name=name,
            name_en=name_en,
            stage=stage,
            region_code=region_code,
            region_name=region_name,
        )

    def state(self) -> SchoolChanged:
        """The school as it is now, for everybody who keeps a copy."""
        return SchoolChanged(
            school_id=self.id,
            version=self.version,
            code=self.code,
            name=self.name,
            name_en=self.name_en,
            stage=self.stage,
            region_code=self.region_code,
            region_name=self.region_name,
        )
