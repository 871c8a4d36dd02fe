"""Which letters a command means: `SERVICE/NUMBER` references and filters, as every such command takes them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import wraps

import click

from shared.clock import utcnow
from shared.events.operations.choice import Choice
from shared.runtime import Runtime

_AGE = re.compile(r"(?P<number>\d+)\s*(?P<unit>s|min|h|d)")
_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}


class Since(click.ParamType[datetime]):
    """A moment as people give it: 90min, 2h, 3d ago, or 2026-09-01 or 2026-09-01T08:00+08:00."""

    name = "when"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment, aware; without a zone it is this machine's."""
        if isinstance(value, datetime):
            return value
        if ago := _AGE.fullmatch(str(value).removesuffix("ago").strip()):
            return utcnow() - timedelta(**{_UNITS[ago["unit"]]: int(ago["number"])})
        try:
            moment = datetime.fromisoformat(str(value)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(
                f"{value!r} is no moment: say 90min, 2h, 3d, 2026-09-01 or 2026-09-01T08:00+08:00.",
                param,
                ctx,
            )
        return moment


def choice_options(*, with_all: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The options that say which letters, handed to the command as `choice`; with_all: `--all` among them."""
    options = [
        click.option("--topic", help="Only of this topic."),
        click.option("--key", help="Only of this aggregate."),
        click.option("--type", "type_", metavar="TYPE", help="Only events of this type."),
        click.option("--since", type=Since(), help="Only since then: 2h, 3d, 2026-09-01."),
        click.option("--error-contains", metavar="TEXT", help="Only where the error has this text."),
    ]
    if with_all:
        options.append(click.option("--all", "everything", is_flag=True, help="All of them."))

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_choice(
            *,
            topic: str | None,
            key: str | None,
            type_: str | None,
            since: datetime | None,
            error_contains: str | None,
            everything: bool = False,
            **others: object,
        ) -> None:
            choice = Choice(
                topic=topic,
                key=key,
                type=type_,
                since=since,
                error_contains=error_contains,
                everything=everything,
            )
            command(choice=choice, **others)

        decorated: Callable[..., None] = with_choice
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return decorate


def services_named(references: Sequence[str], services: Sequence[str]) -> Sequence[str]:
    """The services to open: those that were asked for, else those that the references name, else all (none)."""
    named = {reference.rpartition("/")[0] for reference in references}
    return services or ([] if "" in named else sorted(named))


def by_service(
    runtimes: Sequence[Runtime], references: Sequence[str], choice: Choice
) -> list[tuple[Runtime, Choice]]:
    """The choice for each service that is meant.

    A reference is `SERVICE/NUMBER` as the lists print it; the bare number will do where one service is meant.
    """
    by_name = {runtime.service.name: runtime for runtime in runtimes}
    ids: dict[str, list[int]] = {}
    for reference in references:
        name, _, number = reference.rpartition("/")
        if not name and len(runtimes) == 1:
            name = runtimes[0].service.name
        if not number.isdecimal() or name not in by_name:
            raise click.UsageError(
                f"{reference!r} names nothing here: say SERVICE/NUMBER as the lists print it."
            )
        ids.setdefault(name, []).append(int(number))
    meant = [by_name[name] for name in ids] if ids else list(runtimes)
    return [(runtime, replace(choice, ids=tuple(ids.get(runtime.service.name, ())))) for runtime in meant]
