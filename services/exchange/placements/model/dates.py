"""What a step does to the days of a placement."""

import dataclasses
from dataclasses import dataclass
from datetime import date

from services.exchange.placements.model.moves import Verb
from services.exchange.placements.model.plans import LASTS_AT_MOST
from shared.errors import Invalid
from shared.text import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The first day, the last day planned, and the last day that it was, once that is known."""

    starts_on: date
    ends_on: date
    left_on: date | None

    def after(self, verb: Verb, on: date | None) -> "Dates":
        """As they are after a step that brings the day `on`. Raises Invalid."""
        if verb == "extend":
            return self._extended(on)
        if verb in {"return", "end_early"}:
            return self._left(on or self.ends_on)
        return self

    def _extended(self, on: date | None) -> "Dates":
        if on is None or on <= self.ends_on:
            raise Invalid(
                Sentence(
                    zh=f"新的结束日期要晚于 {self.ends_on:%Y-%m-%d}。",
                    en=f"The new last day is after {self.ends_on:%Y-%m-%d}.",
                ),
                field="on",
            )
        if (on - self.starts_on).days > LASTS_AT_MOST:
            raise Invalid(
                Sentence(zh="一次交流最长 6 年。", en="A placement lasts six years at most."), field="on"
            )
        return dataclasses.replace(self, ends_on=on)

    def _left(self, last: date) -> "Dates":
        if not self.starts_on <= last <= self.ends_on:
            raise Invalid(
                Sentence(
                    zh=f"最后一天要在 {self.starts_on:%Y-%m-%d} 和 {self.ends_on:%Y-%m-%d} 之间。",
                    en=f"The last day is between {self.starts_on:%Y-%m-%d} and {self.ends_on:%Y-%m-%d}.",
                ),
                field="on",
            )
        return dataclasses.replace(self, left_on=last)
