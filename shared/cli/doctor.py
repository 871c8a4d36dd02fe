"""`tongxing doctor`."""

import os
from collections.abc import Sequence

import click

from shared.cli.examining import Examined, examine
from shared.cli.printing import counted, print_json
from shared.cli.selection import json_option, service_option
from shared.errors import Invalid
from shared.settings import Settings


@click.command
@service_option
@json_option
@click.pass_context
def doctor(ctx: click.Context, *, services: Sequence[str], as_json: bool) -> None:
    """Look at configuration, databases, broker, migrations, clocks and keys; exits with 1 if anything is wrong."""
    try:
        settings = Settings.from_env()
    except Invalid as error:
        found = [Examined("configuration", wrong=str(error.sentence))]
        _tell(found, as_json=as_json)
        ctx.exit(1)
    found = []
    for each in examine(settings, services, os.environ):
        found.append(each)
        if not as_json:
            _print(each)  # at once: what does not answer takes its time
    _tell(found, as_json=as_json, listed=True)
    if any(each.wrong for each in found):
        ctx.exit(1)


def _tell(found: Sequence[Examined], *, as_json: bool, listed: bool = False) -> None:
    wrong = sum(each.wrong is not None for each in found)
    if as_json:
        print_json({"well": not wrong, "findings": found})
        return
    for each in found:
        if not listed:
            _print(each)
    click.echo(f"{counted(wrong, 'thing')} to put right." if wrong else "All is well.")


def _print(each: Examined) -> None:
    mark, words = ("✓", each.seen) if each.wrong is None else ("✗", each.wrong)
    click.echo(f"{mark} {each.what}: {words}")
