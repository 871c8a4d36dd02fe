"""`tongxing backup` and `tongxing restore`: a consistent copy of an embedded installation, and the way back."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import click

from shared import discovery
from shared.cli.printing import counted
from shared.cli.selection import confirmed, service_option
from shared.clock import utcnow
from shared.serving import copies
from shared.serving.holding import held
from shared.settings import Settings


@click.command
@click.argument("to", metavar="DIRECTORY", type=click.Path(path_type=Path))
@service_option
def backup(to: Path, services: Sequence[str]) -> None:
    """Copy everything that the embedded installation keeps to a new DIRECTORY, while it runs.

    All copies show the same moment. With --service only the database of that service.
    """
    chosen = [service.name for service in discovery.load_chosen(services)]
    names = copies.back_up(
        Settings.from_env(), chosen, to, whole=not services, now=utcnow(), version=version("tongxing-shared")
    )
    click.echo(f"{counted(len(names), 'file')} in {to}: {', '.join(names)}.")


@click.command
@click.argument("of", metavar="DIRECTORY", type=click.Path(path_type=Path))
@service_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(of: Path, services: Sequence[str], *, yes: bool) -> None:
    """Put back what `tongxing backup` copied to DIRECTORY; everything must be stopped.

    What is there now is kept beside it. With --service only the database of that service; what it had published
    since, it learns from the broker when it starts.
    """
    settings = Settings.from_env()
    chosen = [service.name for service in discovery.load_chosen(services)]
    with held(settings.data):
        click.echo(f"To be put back in {settings.data}: {', '.join(chosen) if services else 'everything'}.")
        confirmed("Put it back?", yes=yes)
        aside = copies.put_back(settings, chosen, of, whole=not services, now=utcnow())
    click.echo(f"Done. What was there before lies in {aside}. Start Tongxing again.")
