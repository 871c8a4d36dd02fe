"""`tongxing events resume`."""

from collections.abc import Sequence

import click

from shared.cli.events.which import by_service, services_named
from shared.cli.printing import counted, print_json
from shared.cli.selection import confirmed, json_option, opened, operator, service_option
from shared.events.operations import resuming
from shared.events.operations.choice import Choice
from shared.events.stops import Stop
from shared.runtime import Runtime


@click.command
@click.argument("stops", nargs=-1, metavar="[STOP]...")
@service_option
@click.option("--all", "everything", is_flag=True, help="Every stop.")
@click.option("--reason", required=True, help="Why it may go on: it is kept with your name.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@json_option
def resume(
    *, stops: Sequence[str], services: Sequence[str], everything: bool, reason: str, yes: bool, as_json: bool
) -> None:
    """Let a consumer that stopped go on.

    STOP is SERVICE/NUMBER as `tongxing events lag` shows it. Where records were deleted before they were read,
    the consumer goes on with what is left: let the publisher republish first.
    """
    if not stops and not everything:
        raise click.UsageError("Say which: STOP, or --all. `tongxing events lag` shows what has stopped.")
    with opened(services_named(stops, services)) as runtimes:
        meant = [
            (runtime, stop)
            for runtime, chosen in by_service(runtimes, stops, Choice())
            for stop in _open(runtime)
            if not chosen.ids or stop.id in chosen.ids
        ]
        for runtime, stop in meant:
            click.echo(f"{runtime.service.name}/{stop.id}: {stop.sentence}", err=as_json)
        if not meant:
            raise click.ClickException("No such stop is open: nothing was done.")
        confirmed("May it go on?", yes=yes)
        done = [
            (runtime.service.name, resumed)
            for runtime in {id(runtime): runtime for runtime, _ in meant}.values()
            for resumed in resuming.resume(
                runtime.database,
                runtime.broker,
                runtime.service.name,
                ids=[stop.id for other, stop in meant if other is runtime],
                actor=operator(),
                reason=reason,
            )
        ]
    if as_json:
        print_json(
            [{"service": name, "stop": resumed.stop, "skipped": resumed.skipped} for name, resumed in done]
        )
    else:
        skipped = sum(resumed.skipped for _, resumed in done)
        click.echo(
            f"{counted(len(done), 'stop')} ended."
            + (f" {counted(skipped, 'record')} that are gone were passed over." if skipped else "")
        )


def _open(runtime: Runtime) -> list[Stop]:
    with runtime.database.reading() as db:
        return resuming.open_stops(db, runtime.service.name)
