"""`tongxing events lag`."""

from collections.abc import Iterable, Sequence
from itertools import groupby

import click

from shared.cli.printing import age, counted, print_json, print_table
from shared.cli.selection import json_option, opened, service_option
from shared.clock import utcnow
from shared.events.broker import BrokerUnavailable
from shared.events.operations.lag import Behind, Unsent, Waiting, behind, unsent, waiting
from shared.events.operations.resuming import open_stops
from shared.events.stops import Stop
from shared.runtime import Runtime


@click.command
@service_option
@click.option("--partitions", is_flag=True, help="A line for each partition instead of each topic.")
@json_option
def lag(*, services: Sequence[str], partitions: bool, as_json: bool) -> None:
    """How far behind consumers and outboxes are, and what has stopped."""
    with opened(services) as runtimes:
        publishing = [_unsent(runtime) for runtime in runtimes]
        letters = [_waiting(runtime) for runtime in runtimes]
        stopped = [(runtime.service.name, stop) for runtime in runtimes for stop in _stops(runtime)]
        reading, away = _behind(runtimes)
    if as_json:
        print_json(
            {
                "consumers": reading,
                "outboxes": publishing,
                "letters": letters,
                "stops": [{"service": name, "stop": stop} for name, stop in stopped],
                "broker": away,
            }
        )
    else:
        _print_consumers(reading, partitions=partitions)
        _print_outboxes(publishing)
        _print_letters(letters)
        for name, stop in stopped:
            click.echo(f"\n{name} has stopped, {age(stop.since, utcnow())} (stop {stop.id}): {stop.sentence}")
    if away:
        raise click.ClickException(
            f"The broker does not answer, so what is left to read is not known: {away}"
        )


def _behind(runtimes: Sequence[Runtime]) -> tuple[list[Behind], str | None]:
    try:
        return [
            line
            for runtime in runtimes
            for line in behind(runtime.database, runtime.broker, runtime.service.name, runtime.topics_read)
        ], None
    except BrokerUnavailable as error:
        return [], str(error)


def _unsent(runtime: Runtime) -> Unsent:
    with runtime.database.reading() as db:
        return unsent(db, runtime.service.name)


def _waiting(runtime: Runtime) -> Waiting:
    with runtime.database.reading() as db:
        return waiting(db, runtime.service.name)


def _stops(runtime: Runtime) -> list[Stop]:
    with runtime.database.reading() as db:
        return open_stops(db, runtime.service.name)


def _print_consumers(lines: Iterable[Behind], *, partitions: bool) -> None:
    rows: list[Sequence[object]] = []
    for (service, topic), group in groupby(lines, key=lambda line: (line.service, line.topic)):
        of_topic = list(group)
        if partitions:
            rows += [
                (service, f"{topic} {line.partition}", line.behind, _remark([line])) for line in of_topic
            ]
        else:
            rows.append((service, topic, sum(line.behind for line in of_topic), _remark(of_topic)))
    print_table(("READER", "TOPIC", "TO READ", ""), rows)


def _remark(lines: Sequence[Behind]) -> str:
    remarks = []
    if gone := sum(line.gone for line in lines):
        remarks.append(f"{counted(gone, 'record')} deleted unread")
    if any(line.anew for line in lines):
        remarks.append("broker made anew: reads from the start")
    if all(line.position is None for line in lines):
        remarks.append("has not begun")
    return "; ".join(remarks)


def _print_outboxes(lines: Sequence[Unsent]) -> None:
    now = utcnow()
    rows = [
        (line.service, line.rows, age(line.oldest, now), line.held, line.last_error or "")
        for line in lines
        if line.rows
    ]
    click.echo()
    if rows:
        print_table(("PUBLISHER", "UNSENT", "OLDEST", "HELD BACK", "LAST REFUSAL"), rows)
    else:
        click.echo("Every event that was emitted has been sent.")


def _print_letters(lines: Sequence[Waiting]) -> None:
    for line in lines:
        if line.parked or line.dead:
            click.echo(
                f"{line.service}: {counted(line.parked, 'event')} parked, {counted(line.dead, 'dead letter')}."
            )
