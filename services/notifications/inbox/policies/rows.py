"""A row of the table: which event, who hears of it, and in which words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from shared.events.contract import CONTRACTS, Event

#: In a row's `when`: the field has a value, whichever.
SAID = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What some of those whom an event concerns are told.

    kind: which template. class_name: of preferences. schools, regions, people: the event's fields with ids of schools, codes
    of regions whose coordinators hear, scopes: fields with `region:CODE` and `school:ID`, ids of the register's people who hear if they have an account; without: the field with
    schools that do not. when: fields and what they have to be for the row to hold. names: the template's variables that are
    names of places, as a scope with the event's fields. link: the page where one answers. subject: the first of these fields
    that has a value is what the notice is about. once: of that there is one notice, however often it happens.
    """

    kind: str
    class_name: str
    schools: tuple[str, ...] = ()
    without: str = ""
    regions: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    when: Mapping[str, object] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    subject: tuple[str, ...] = ("session_id",)
    once: bool = False


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a row concerns, each once. regions: their coordinators."""

    schools: tuple[UUID, ...]
    regions: tuple[str, ...]
    people: tuple[UUID, ...]

    def __bool__(self) -> bool:
        """Whether there is anybody."""
        return bool(self.schools or self.regions or self.people)


def holds(row: Row, event: Event) -> bool:
    """Whether the row is about an event like this one."""
    return all(
        getattr(event, name) is not None if wanted is SAID else getattr(event, name) == wanted
        for name, wanted in row.when.items()
    )


def is_news(event: Event, *, happened_at: datetime, now: datetime, stale_after: timedelta) -> bool:
    """Whether it is worth telling still. A compacted topic keeps the newest of everything for ever, so that who reads it
    from its start meets facts of years ago; of other topics what is late was never told.
    """  # noqa: D205  one thought
    changed_at = getattr(event, "changed_at", None)
    since = changed_at if isinstance(changed_at, datetime) else happened_at
    return not CONTRACTS.of(type(event)).topic.compacted or now - since <= stale_after


def audience(row: Row, event: Event) -> Audience:
    """Whom the row concerns of this event, each once whatever overlaps."""
    left_out = set(_values(event, (row.without,))) if row.without else set()
    schools = [UUID(str(each)) for each in _values(event, row.schools) if each not in left_out]
    people = [UUID(str(each)) for each in _values(event, row.people)]
    regions = [str(each) for each in _values(event, row.regions)]
    for kind, _, value in (str(each).partition(":") for each in _values(event, row.scopes)):
        if kind == "school":
            schools.append(UUID(value))
        elif kind == "region":
            regions.append(value)
    return Audience(*(tuple(dict.fromkeys(each)) for each in (schools, regions, people)))  # type: ignore[arg-type]


def subject(row: Row, event: Event) -> UUID:
    """What the notice is about: a session, a programme, an invitation or a placement."""
    return next(UUID(str(found)) for name in row.subject if (found := getattr(event, name)) is not None)


def _values(event: Event, names: Iterable[str]) -> list[object]:
    found: list[object] = []
    for name in names:
        value = getattr(event, name)
        found += value if isinstance(value, list | tuple) else [] if value is None else [value]
    return found
