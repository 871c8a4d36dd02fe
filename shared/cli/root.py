"""The table of commands, and what becomes of errors: one sentence and an exit code, never a trace.

Exit codes: 0 done; 1 it could not be done, or something is wrong; 2 the question itself is wrong.
"""

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import IO, ClassVar

import click

from shared import discovery
from shared.errors import Invalid, TongxingError


class Said(click.ClickException):
    """An error that is a sentence."""

    def __init__(self, sentence: str, *, code: int = 1) -> None:
        """Carry the sentence and the exit code."""
        super().__init__(sentence)
        self.exit_code = code  # type: ignore[misc]  # click reads it from the instance, as its docs say

    def show(self, file: IO[str] | None = None) -> None:
        """Write the sentence, alone on its line."""
        click.echo(self.message, file=file or sys.stderr)


class Table(click.Group):
    """Commands by name, each as (where it is, what it does in a few words); imported when called."""

    table: ClassVar[Mapping[str, tuple[str, str]]] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return [*self.table, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called so."""
        if cmd_name not in self.table:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self.table[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        """List the table without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in self.table.items()])


class Tongxing(Table):
    """The whole command line: the table, and `tongxing SERVICE …` for what a service adds."""

    table: ClassVar = {
        "up": ("shared.cli.up:up", "Run every service in this one process."),
        "web": ("shared.cli.web:web", "Serve the pages and API of one service."),
        "worker": ("shared.cli.worker:worker", "Run relay, consumer, timers and jobs of one service."),
        "begin": ("shared.cli.begin:begin", "Empty an embedded installation for the first real office."),
        "migrate": ("shared.cli.migrate:migrate", "Bring databases to this release."),
        "topics": ("shared.cli.topics:topics", "List, apply and check the topics of the broker."),
        "events": ("shared.cli.events:events", "Look at events that wait or failed, and decide about them."),
        "backup": ("shared.cli.copies:backup", "Copy an embedded installation while it runs."),
        "restore": ("shared.cli.copies:restore", "Put a copy back."),
        "doctor": ("shared.cli.doctor:doctor", "Say what is wrong with this installation and what to do."),
        "contracts": ("shared.cli.contracts:contracts", "Check and print the contracts of events."),
    }

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of the table, or the commands of the service called so."""
        found = super().get_command(ctx, cmd_name)
        if found is None and cmd_name in discovery.names():
            return _of_service(cmd_name)
        return found

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what it refuses becomes a sentence."""
        try:
            return super().invoke(ctx)
        except TongxingError as error:
            raise Said(str(error.sentence), code=2 if isinstance(error, Invalid) else 1) from error
        except Exception as error:
            if sentence := _sentence_of(error):
                raise Said(sentence) from error
            raise


def _of_service(name: str) -> click.Group:
    service = discovery.load(name)
    group = click.Group(name, help=f"What the service {name} adds to the command line.")
    for command in service.commands() if service.commands else ():
        group.add_command(command)
    if not group.commands:
        raise Said(f"The service {name} adds no commands to the command line.", code=2)
    return group


def _sentence_of(error: Exception) -> str | None:
    """What a broker or a topic in its way says, if it is that; the modules are there if it was raised."""
    broker = sys.modules.get("shared.events.broker")
    if broker and isinstance(error, (broker.BrokerUnavailable, broker.TopicMismatch)):
        return str(error)
    return None


@click.command(
    cls=Tongxing,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Settings are TONGXING_* variables: docs/cli.md. A service's own commands: tongxing SERVICE --help.",
)
@click.version_option(package_name="tongxing-shared", message="tongxing %(version)s")
def tongxing() -> None:
    """Tongxing 同行, the working platform of regional education collaboration."""
