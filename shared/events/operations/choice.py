"""Which parked records an operation concerns: some by their ids, or all that match a filter."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shared.errors import Invalid
from shared.events.parking import parked
from shared.text import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Records that have every property that is given here.

    since: parked at that moment or later. error_contains: letters of the error, their case apart.
    everything: all of them, said on purpose; with nothing given, a change is refused.
    """

    ids: tuple[int, ...] = ()
    topic: str | None = None
    key: str | None = None
    type: str | None = None
    since: datetime | None = None
    error_contains: str | None = None
    everything: bool = False

    @property
    def names_something(self) -> bool:
        """Whether anything at all was said of which records are meant."""
        filters = (self.topic, self.key, self.type, self.since, self.error_contains)
        return self.everything or bool(self.ids) or any(given is not None for given in filters)

    def insist(self) -> None:
        """Raise Invalid where nothing was said: nobody changes everything by leaving something out."""
        if not self.names_something:
            raise Invalid(
                Sentence(
                    zh="请指明编号或筛选条件（--topic、--key、--type、--since、--error-contains），或用 --all 表示全部。",
                    en="Say which: ids, or a filter (--topic, --key, --type, --since, --error-contains), or --all.",
                )
            )

    def conditions(self, table: sa.FromClause = parked) -> list[sa.ColumnElement[bool]]:
        """The same as SQL; table: `parked`, or a subquery with its columns."""
        c = table.c
        conditions: list[sa.ColumnElement[bool]] = []
        if self.ids:
            conditions.append(c.id.in_(self.ids))
        if self.topic is not None:
            conditions.append(c.topic == self.topic)
        if self.key is not None:
            conditions.append(c.key == self.key)
        if self.type is not None:
            conditions.append(c.type == self.type)
        if self.since is not None:
            conditions.append(c.parked_at >= self.since)
        if self.error_contains is not None:
            conditions.append(c.error.icontains(self.error_contains, autoescape=True))
        return conditions
