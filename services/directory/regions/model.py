"""Regions and their states."""

from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Base
from shared.contracts.directory import RegionChanged
from shared.db import Aggregate
from shared.ids import named


class Region(Aggregate, Base):
    """A node of the tree of GB/T 2260. Its fields are those of the contract."""

    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(index=True)
    name_en: Mapped[str] = mapped_column(default="")
    level: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(index=True)
    zone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    abolished: Mapped[bool] = mapped_column(default=False)

    @property
    def audited_as(self) -> str:
        """Its code, which is the key of its events."""
        return self.code

    @classmethod
    def enter(
        cls, *, code: str, name: str, level: str, parent_code: str | None = None, name_en: str = ""
    ) -> "Region":
        """A region that the register did not have; `state` tells of it."""
        return cls(
            id=named("region", code),
            version=1,
            code=code,
            name=name,
            name_en=name_en,
            level=level,
            parent_code=parent_code,
            zone="Asia/Shanghai",
            abolished=False,
        )

    def state(self) -> RegionChanged:
        """The region as it is now, for everybody who keeps a copy."""
        return RegionChanged(
            version=self.version,
            code=self.code,
            name=self.name,
            name_en=self.name_en,
            level=self.level,
            parent_code=self.parent_code,
            zone=self.zone,
            abolished=self.abolished,
        )
