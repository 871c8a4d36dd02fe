"""What a service is to the processes that run it: a description, not a base class."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the layers above; a description may name what it does not use
    from uuid import UUID

    from click import Command
    from flask import Blueprint
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from shared.db import Transaction
    from shared.events.contract import Event, Topic
    from shared.jobs import JobHandler
    from shared.observe.health import Finding
    from shared.observe.scraped import Reading
    from shared.runtime import Runtime
    from shared.text import Sentence
    from shared.worker import Loop

#: Answers one event: changes this service's own data and may emit.
Reaction = Callable[["Transaction", Any], None]


@dataclass(frozen=True, slots=True)
class Timer:
    """Something that is due again and again; runs in one replica at a time, in one transaction."""

    name: str
    every: timedelta
    run: Callable[["Transaction"], object]


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service, as its `app.py` wires it together.

    name: also its path, its database, its consumer group and the first part of its topics.
    package: the import package that holds it; migrations lie in `<package>/migrations`.
    reactions: every event that comes in, and what answers it.
    states: for each compacted topic of its own, the events that say the current state of all its keys;
        `republish` sends them.
    adopt: for events of those topics, how to take a published state into a database that was restored.
    blueprints: its pages and API; called in web processes only, so that workers stay lean.
    demonstrate: brings the demonstration data, once, into an empty database.
    welcome: what `tongxing up` tells whoever started it, such as a link to sign in; called once everything is
        migrated, before it serves.
    commands: what the service adds to the command line, as `tongxing NAME COMMAND`.
    schools_in: selects the ids of the schools in some scopes, where the service knows them better than by its copy of
        the roster.
    examine: what `tongxing doctor` looks at besides, such as files that only this service has.
    loops: what its worker runs beside relay, consumer, timers and jobs; called in the process that runs them.
    gauges: what a scrape reads of the service's own tables.
    """

    name: str
    package: str
    version: str
    reactions: Mapping[type["Event"], Reaction]
    blueprints: Callable[[], Sequence["Blueprint"]]
    states: Mapping["Topic", Callable[["Session"], Iterator["Event"]]] = field(default_factory=dict)
    adopt: Mapping[type["Event"], Reaction] = field(default_factory=dict)
    timers: Sequence[Timer] = ()
    jobs: Mapping[str, "JobHandler"] = field(default_factory=dict)
    demonstrate: Callable[["Transaction"], None] | None = None
    welcome: Callable[["Runtime"], Sequence["Sentence"]] | None = None
    commands: Callable[[], Sequence["Command"]] | None = None
    schools_in: Callable[[Collection[str]], "Select[UUID]"] | None = None
    examine: Callable[["Runtime"], Sequence["Finding"]] | None = None
    loops: Callable[["Runtime"], Sequence["Loop"]] | None = None
    gauges: Callable[["Runtime"], Sequence["Reading"]] | None = None

    @property
    def path(self) -> str:
        """Where its pages live: directory carries the home page, the others a path of their own."""
        return "" if self.name == "directory" else f"/{self.name}"

    @property
    def actor(self) -> str:
        """The actor of what the service does by itself."""
        return f"service:{self.name}"
