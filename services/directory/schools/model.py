"""Schools and their states."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.directory.base import Base
from shared.contracts.directory import SchoolChanged
from shared.db import Aggregate
from shared.pinyin import spelt


class School(Aggregate, Base):
    """A school. `code` is the code that people know; `stage` as in the contract."""

    __tablename__ = "schools"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(index=True)
    name_en: Mapped[str] = mapped_column(default="")
    pinyin: Mapped[str]
    stage: Mapped[str]
    setting: Mapped[str]
    region_code: Mapped[str] = mapped_column(index=True)
    region_name: Mapped[str]
    pupils: Mapped[int | None]
    pupils_primary: Mapped[int | None]
    pupils_junior: Mapped[int | None]
    contact: Mapped[str]
    phone: Mapped[str]
    retired_at: Mapped[datetime | None]

    @classmethod
    def enter(
        cls,
        *,
        id_: UUID,
        code: str,
        name: str,
        stage: str,
        region_code: str,
        region_name: str,
        name_en: str = "",
        setting: str = "",
        pupils: int | None = None,
        pupils_primary: int | None = None,
        pupils_junior: int | None = None,
        contact: str = "",
        phone: str = "",
    ) -> "School":
        """A school that the register did not have; `state` tells of it."""
        return cls(
            id=id_,
            version=1,
            code=code,
            name=name,
            name_en=name_en,
            pinyin=spelt(name),
            stage=stage,
            setting=setting,
            region_code=region_code,
            region_name=region_name,
            pupils=pupils,
            pupils_primary=pupils_primary,
            pupils_junior=pupils_junior,
            contact=contact,
            phone=phone,
            retired_at=None,
        )

    def state(self) -> SchoolChanged:
        """The school as it is now, for everybody who keeps a copy. Its contact's phone stays in the register."""
        return SchoolChanged(
            school_id=self.id,
            version=self.version,
            code=self.code,
            name=self.name,
            name_en=self.name_en,
            stage=self.stage,
            setting=self.setting,
            region_code=self.region_code,
            region_name=self.region_name,
            pupils=self.pupils,
            pupils_primary=self.pupils_primary,
            pupils_junior=self.pupils_junior,
            retired=self.retired_at is not None,
        )

    def correct(self, details: Mapping[str, Any]) -> SchoolChanged:
        """What is known of it is this. details: fields of `enter` by name, without its code and where it lies."""
        for name, value in details.items():
            setattr(self, name, value)
        self.pinyin = spelt(self.name)
        self.advance()
        return self.state()
