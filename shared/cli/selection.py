"""Which services a command means, opened for its duration; and who is at the terminal."""

import getpass
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager

import click

from shared import discovery
from shared.runtime import Runtime
from shared.settings import Settings

Command = Callable[..., None]


@contextmanager
def opened(services: Sequence[str] = ()) -> Iterator[list[Runtime]]:
    """The services called so (all that are installed for none), closed afterwards. Raises Invalid."""
    settings = Settings.from_env()
    with ExitStack() as stack:
        yield [
            stack.enter_context(closing(Runtime(service, settings)))
            for service in discovery.load_chosen(services)
        ]


def operator() -> str:
    """The actor of what is done here: the person's name on this machine."""
    try:
        return f"operator:{getpass.getuser()}"
    except (KeyError, OSError):  # a container without a user's name
        return "operator:unknown"


def service_option(command: Command) -> Command:
    """The option `--service`, which may be given several times."""
    return click.option(
        "--service", "services", multiple=True, metavar="NAME", help="Only this service (may be repeated)."
    )(command)


def json_option(command: Command) -> Command:
    """The option `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, with nothing shortened.")(
        command
    )


def confirmed(question: str, *, yes: bool) -> None:
    """Return if the person says yes, or said it beforehand; leave otherwise."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise click.UsageError("This changes something. Nobody can be asked here: say --yes.")
    click.confirm(question, abort=True)
