"""`tongxing migrate`."""

from collections.abc import Sequence

import click

from shared.cli.printing import counted
from shared.cli.selection import opened
from shared.serving.preparing import lacking, migrated


@click.command
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 where a database is behind.")
@click.pass_context
def migrate(ctx: click.Context, *, services: Sequence[str], check: bool) -> None:
    """Bring the databases of these services, or of all, to this release. Safe to run several times at once."""
    behind = False
    with opened(services) as runtimes:
        for runtime in runtimes:
            steps = lacking(runtime) if check else migrated(runtime)
            behind |= check and bool(steps)
            name = runtime.service.name
            if not steps:
                click.echo(f"{name}: up to date")
            elif check:
                click.echo(f"{name}: {counted(len(steps), 'migration')} pending: {', '.join(steps)}")
            else:
                click.echo(f"{name}: {counted(len(steps), 'step')} done: {', '.join(steps)}")
    if behind:
        ctx.exit(1)
