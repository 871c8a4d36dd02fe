"""Versions of regions' rules, which never change, and which of them holds where and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from services.exchange.base import Base
from services.exchange.rules.model.values import RegionRules
from shared.text import Sentence


class RegionRule(Base):
    """A version of a region's rules; never changed. number: from 1 on, by region. valid_from: the day from which it holds."""

    __tablename__ = "region_rules"

    region_code: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from: Mapped[date]
    rules: Mapped[dict[str, Any]]
    why: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The rules that hold in a region on a day, and whose they are. region_code and number: empty and 0 of the defaults."""

    rules: RegionRules
    region_code: str = ""
    number: int = 0
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every version of some regions. A county without rules of its own has its prefecture's, then its province's."""

    versions: tuple[InForce, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[RegionRule]) -> "Rulebook":
        """As the table has them."""
        return cls(
            tuple(
                InForce(
                    rules=RegionRules.of(row.rules),
                    region_code=row.region_code,
                    number=row.number,
                    valid_from=row.valid_from,
                )
                for row in rows
            )
        )

    def on(self, region: str, day: date) -> InForce:
        """What holds there on that day: the version with the latest first day, of those the last that was entered."""
        for code in ancestry(region):
            held = [
                each
                for each in self.versions
                if each.region_code == code and each.valid_from is not None and each.valid_from <= day
            ]
            if held:
                return max(held, key=lambda each: (each.valid_from or day, each.number))
        return InForce(rules=RegionRules())

    def of_year(self, region: str, year: int) -> InForce:
        """What holds for a school year: what holds when it begins."""
        return self.on(region, date(year, 9, 1))


def ancestry(region: str) -> tuple[str, ...]:
    """A region's code, then those of its prefecture, its province and the whole country."""
    return tuple(dict.fromkeys((region, f"{region[:4]}00", f"{region[:2]}0000", "000000")))


def said_of(held: InForce, name: Sentence | None) -> Sentence:
    """What people call the version. name: of its region."""
    if not held.region_code:
        return Sentence(zh="国家文件的默认值（区域尚未规定）", en="the defaults (no region has decided)")
    zh, en = (name.zh, name.en) if name else (held.region_code, held.region_code)
    return Sentence(
        zh=f"{zh}规定第 {held.number} 版（{held.valid_from:%Y-%m-%d} 起）",
        en=f"rules of {en}, version {held.number} (from {held.valid_from:%Y-%m-%d})",
    )
