"""`tongxing contracts …`: the contracts of events as documents, and whether they may be released."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import click
import msgspec

from shared import discovery
from shared.cli.printing import counted, print_json
from shared.contracts import CONTRACTS
from shared.events import releases
from shared.events.compatibility import newest, released
from shared.events.contract import Contract, Registry
from shared.events.examples import NoExample, example
from shared.events.schemas import asyncapi as asyncapi_of
from shared.events.schemas import document
from shared.service import Service


@click.group
def contracts() -> None:
    """Check, release and print the contracts of events."""


def _released_option(command: Callable[..., None]) -> Callable[..., None]:
    lies = Path(str(files("shared.contracts"))) / "released"
    return click.option(
        "--released",
        "directory",
        type=click.Path(path_type=Path),
        default=lies,
        show_default="where this release keeps them",
        help="Where the releases lie.",
    )(command)


@contracts.command
@_released_option
@click.pass_context
def check(ctx: click.Context, directory: Path) -> None:
    """Whether every contract is sound and breaks nobody who relies on the last release; exits with 1 if not."""
    services = discovery.load_chosen() if discovery.names() else []
    if wrong := _wrong(directory, services):
        for sentence in wrong:
            click.echo(sentence, err=True)
        ctx.exit(1)
    last = newest(directory)
    promised = counted(len(released(directory)), "contract")
    against = f"compared with {promised} of {last.name}" if last else "none is released yet"
    click.echo(f"{counted(len(list(CONTRACTS)), 'contract')} checked, {against}.")


@contracts.command
@click.argument("release", metavar="VERSION")
@_released_option
@click.pass_context
def release(ctx: click.Context, release: str, directory: Path) -> None:
    """Write what this release promises: the schema of each event, and events as it says them.

    Commit what it writes. From then on `check` holds every change to it. Nothing is written where the contracts
    break what was released before.
    """
    if wrong := _wrong(directory, []):
        for sentence in wrong:
            click.echo(sentence, err=True)
        ctx.exit(1)
    try:
        place = releases.write(directory, release, CONTRACTS)
    except releases.NotReleased as error:
        click.echo(str(error), err=True)
        ctx.exit(1)
    click.echo(f"{counted(len(released(directory)), 'contract')} of {release} lie in {place}. Commit them.")


def _wrong(directory: Path, services: Sequence[Service]) -> list[str]:
    """What is wrong with the contracts; one without a schema cannot be compared with what was released."""
    return [*unsound(CONTRACTS), *unsaid(services, CONTRACTS)] or releases.broken(directory, CONTRACTS)


@contracts.command
@click.argument("types", nargs=-1, metavar="[TYPE]...")
def schemas(types: Sequence[str]) -> None:
    """The JSON Schemas of these events, or of all."""
    known = {contract.type: contract for contract in CONTRACTS}
    if unknown := set(types) - known.keys():
        raise click.UsageError(f"No contract is called {', '.join(sorted(unknown))}.")
    print_json({type_: document(known[type_]) for type_ in types or known})


@contracts.command
def asyncapi() -> None:
    """The AsyncAPI 3.0 document of all topics and events."""
    print_json(asyncapi_of(CONTRACTS, version=version("tongxing-shared")))


def unsound(registry: Registry) -> list[str]:
    """Contracts without a schema, or whose events do not come back from the wire as they went."""
    return [sentence for contract in registry if (sentence := _fault(contract))]


def _fault(contract: Contract) -> str | None:
    try:
        document(contract)
        event = example(contract)
        if contract.decode(msgspec.json.encode(event)) != event:
            return f"{contract.type}: an example comes back from JSON otherwise than it went."
    except (NoExample, TypeError, msgspec.MsgspecError) as error:
        return f"{contract.type}: {error}"
    return None


def unsaid(services: Sequence[Service], registry: Registry) -> list[str]:
    """Compacted topics of these services whose states nobody can say again, and reactions without a contract."""
    wrong = []
    for service in services:
        said = {topic.name for topic in service.states}
        wrong += [
            f"{service.name} publishes {topic.name}, which is compacted, but Service.states cannot say its states."
            for topic in registry.topics().values()
            if topic.publisher == service.name and topic.compacted and topic.name not in said
        ]
        declared = {contract.event for contract in registry}
        wrong += [
            f"{service.name} reacts to {event.__name__}, which no contract declares."
            for event in service.reactions
            if event not in declared
        ]
    return wrong
