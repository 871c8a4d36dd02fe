"""`tongxing events diverged` and `tongxing events diverged accept`."""

from collections.abc import Sequence

import click

from shared.cli.printing import age, counted, print_json, print_table
from shared.cli.selection import confirmed, json_option, opened, operator, service_option
from shared.clock import utcnow
from shared.events.operations import diverging
from shared.events.operations.diverging import Diverged
from shared.runtime import Runtime


@click.group(invoke_without_command=True)
@service_option
@json_option
@click.pass_context
def diverged(ctx: click.Context, *, services: Sequence[str], as_json: bool) -> None:
    """What was published and is missing in a restored database; those aggregates refuse changes."""
    if ctx.invoked_subcommand:
        return
    with opened(services) as runtimes:
        found = [(runtime.service.name, event) for runtime in runtimes for event in _listed(runtime)]
    if as_json:
        print_json([{"service": name, "event": event} for name, event in found])
        return
    now = utcnow()
    print_table(
        ("SERVICE", "TOPIC", "KEY", "VERSION", "MISSING EVENT", "FOUND"),
        [
            (name, each.topic, each.key, each.version, each.type, age(each.found_at, now))
            for name, each in found
        ],
    )
    if not found:
        click.echo("Nothing has diverged.")
    else:
        click.echo(
            "Look at each, put it right if need be, then: tongxing events diverged accept KEY --reason …"
        )


@diverged.command
@click.argument("key")
@service_option
@click.option("--reason", required=True, help="What you found: it is kept with your name.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@json_option
def accept(*, key: str, services: Sequence[str], reason: str, yes: bool, as_json: bool) -> None:
    """Take the aggregate KEY as it stands in the restored database; it takes changes again."""
    with opened(services) as runtimes:
        meant = [runtime for runtime in runtimes if _listed(runtime, key=key)]
        if not meant:
            raise click.ClickException(f"Nothing of {key} has diverged: nothing was done.")
        confirmed(f"The events of {key} that this database lacks stay lost here. Go on?", yes=yes)
        given_up = {
            runtime.service.name: diverging.accept(
                runtime.database,
                runtime.service.name,
                package=runtime.service.package,
                key=key,
                actor=operator(),
                reason=reason,
            )
            for runtime in meant
        }
    if as_json:
        print_json(given_up)
    else:
        click.echo(
            f"{key} takes changes again; {counted(sum(map(len, given_up.values())), 'event')} given up."
        )


def _listed(runtime: Runtime, *, key: str | None = None) -> list[Diverged]:
    with runtime.database.reading() as db:
        return diverging.listed(db, key=key)
