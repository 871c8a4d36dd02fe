"""`tongxing begin`: the first real office, in a system without demonstration data."""

from dataclasses import replace

import click

from shared import discovery
from shared.cli.selection import confirmed
from shared.clock import utcnow
from shared.runtime import Runtime
from shared.serving import copies
from shared.serving.holding import held
from shared.serving.preparing import prepare_all
from shared.settings import Settings


@click.command
@click.option("--yes", is_flag=True, help="Do not ask.")
def begin(*, yes: bool) -> None:
    """Empty an embedded installation for real work: no demonstration data, now or later.

    Everything must be stopped. What was there is kept beside it. The signing key stays.
    """
    settings = replace(Settings.from_env(), demo=False)
    services = discovery.load_chosen(())
    with held(settings.data):
        click.echo(
            f"Everything in {settings.data} will be set aside: {', '.join(service.name for service in services)}."
        )
        confirmed("Begin with an empty system?", yes=yes)
        aside = copies.put_aside(settings, [service.name for service in services], now=utcnow())
        runtimes = [Runtime(service, settings) for service in services]
        try:
            prepare_all(runtimes, lambda _: None)
        finally:
            for runtime in runtimes:
                runtime.close()
    click.echo(
        f"Done. What was there before lies in {aside}. Start Tongxing; its first page leads through the rest."
    )
