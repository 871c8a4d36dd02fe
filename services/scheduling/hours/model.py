"""The dated rules of a region by which attendance becomes hours."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.base import Base
from shared.errors import Invalid
from shared.text import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How minutes become 学时. The values here are the defaults that hold where a region has said nothing.

    minutes_per_hour: minutes of a 学时. half_day, full_day: 学时 that a morning or an afternoon, and both, count at most.
    daily_cap: that a day counts at most. five_years: that a teacher needs in five years (教督〔2017〕6号, indicator 16: 360).
    share: percent of a programme's occurrences that have to be attended for its certificate. since: from when on; None for the defaults. region_code: whose it is.
    """

    minutes_per_hour: int = 45
    half_day: int = 4
    full_day: int = 8
    daily_cap: int = 8
    five_years: int = 360
    share: int = 80
    since: date | None = None
    region_code: str = ""

    def insist(self) -> None:
        """Raise Invalid where it cannot be."""
        bounds = {
            "minutes_per_hour": (30, 120),
            "half_day": (1, 12),
            "full_day": (1, 24),
            "daily_cap": (1, 24),
            "five_years": (1, 2_000),
            "share": (1, 100),
        }
        for name, (least, most) in bounds.items():
            if not least <= getattr(self, name) <= most:
                raise Invalid(
                    Sentence(
                        zh=f"请填 {least} 到 {most} 之间的整数。",
                        en=f"A whole number from {least} to {most}.",
                    ),
                    field=name,
                )
        if self.half_day > self.full_day:
            raise Invalid(
                Sentence(zh="半天的学时不能多于全天。", en="Half a day cannot count more than a whole one."),
                field="half_day",
            )


class HourRule(Base):
    """A rule as a region has set it, from a day on; earlier ones stay for what was attended before."""

    __tablename__ = "hour_rules"
    __table_args__ = (UniqueConstraint("region_code", "since"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    region_code: Mapped[str]
    since: Mapped[date]
    minutes_per_hour: Mapped[int]
    half_day: Mapped[int]
    full_day: Mapped[int]
    daily_cap: Mapped[int]
    five_years: Mapped[int]
    share: Mapped[int] = mapped_column(server_default="80")
    set_by: Mapped[str]
    set_at: Mapped[datetime]

    @property
    def rule(self) -> Rule:
        """Its values."""
        return Rule(
            minutes_per_hour=self.minutes_per_hour,
            half_day=self.half_day,
            full_day=self.full_day,
            daily_cap=self.daily_cap,
            five_years=self.five_years,
            share=self.share,
            since=self.since,
            region_code=self.region_code,
        )
