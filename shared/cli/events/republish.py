"""`tongxing events republish`."""

from collections.abc import Sequence
from datetime import datetime

import click

from shared.cli.events.which import Since
from shared.cli.printing import counted, print_json
from shared.cli.selection import confirmed, json_option, opened, operator, service_option
from shared.events import republish as saying
from shared.events.republish import Again, Republished
from shared.runtime import Runtime


@click.command
@service_option
@click.option("--topic", help="Only of this topic.")
@click.option("--key", help="Only of this aggregate.")
@click.option("--type", "type_", metavar="TYPE", help="Only events of this type.")
@click.option("--since", type=Since(), help="Only since then; current states are said whatever their age.")
@click.option("--all", "everything", is_flag=True, help="All that is retained.")
@click.option("--reason", help="Why, for the record.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@json_option
def republish(
    *, services: Sequence[str], topic: str | None, key: str | None, type_: str | None, since: datetime | None,
    everything: bool, reason: str | None, yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Send published events again: a broker was lost, or a consumer lacks them.

    Ordinary topics: what the outbox retains (TONGXING_KEEP_SENT), in its order; consumers know what they had.
    Compacted topics: the current state of every key.
    """
    again = Again(topic=topic, key=key, type=type_, since=since, everything=everything)
    again.insist()
    with opened(services) as runtimes:
        meant = _publishers(runtimes, topic)
        planned = [(runtime, _plan(runtime, again)) for runtime in meant]
        for runtime, lines in planned:
            for line in lines:
                what = "current state" if line.states else "retained event"
                said = (
                    f"{runtime.service.name}: {line.topic}: {counted(line.events, what)} will be sent again."
                )
                click.echo(said, err=as_json)
        if not any(line.events for _, lines in planned for line in lines):
            click.echo("Nothing that was published matches.", err=as_json)
        else:
            confirmed("Do it?", yes=yes)
        done = {
            runtime.service.name: saying.republish(
                runtime.database, runtime.publisher, again, actor=operator(), reason=reason
            )
            for runtime, lines in planned
            if any(line.events for line in lines)
        }
    if as_json:
        print_json(done)
    elif done:
        said_again = sum(line.events for lines in done.values() for line in lines)
        click.echo(f"{counted(said_again, 'event')} left for the relay to send again.")


def _publishers(runtimes: Sequence[Runtime], topic: str | None) -> list[Runtime]:
    if topic is None:
        return [runtime for runtime in runtimes if runtime.topics]
    meant = [runtime for runtime in runtimes if topic in runtime.topics]
    if not meant:
        raise click.UsageError(f"None of these services publishes {topic}: see `tongxing topics list`.")
    return meant


def _plan(runtime: Runtime, again: Again) -> list[Republished]:
    with runtime.database.reading(in_parts=True) as db:
        return saying.plan(db, runtime.publisher, again)
