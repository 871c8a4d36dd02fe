"""`tongxing events parked | dead | show`."""

from collections.abc import Sequence

import click

from shared.cli.events.which import by_service, choice_options, services_named
from shared.cli.printing import age, counted, print_json, print_table, shortened
from shared.cli.selection import json_option, opened, service_option
from shared.clock import utcnow
from shared.events.operations import letters as reading
from shared.events.operations.choice import Choice
from shared.events.operations.letters import Letter, LetterInFull
from shared.events.parking import State


@click.command
@service_option
@choice_options(with_all=False)
@json_option
def parked(*, services: Sequence[str], choice: Choice, as_json: bool) -> None:
    """Events that failed and are tried again, with those that wait behind them."""
    found = _letters(services, ("parked",), choice)
    if as_json:
        print_json(found)
        return
    now = utcnow()
    heads = [letter for letter in found if letter.attempts]
    print_table(
        ("LETTER", "TYPE", "KEY", "PARKED", "TRIES", "NEXT", "BEHIND", "ERROR"),
        [
            (
                _reference(letter), letter.type, letter.key, age(letter.parked_at, now), letter.attempts,
                age(letter.next_try_at, now), letter.behind, shortened(letter.error),
            )
            for letter in heads
        ],
    )  # fmt: skip
    click.echo(
        f"{counted(len(heads), 'event')} tried again, {counted(len(found) - len(heads), 'event')} behind earlier ones."
        if found
        else "Nothing is parked."
    )


@click.command
@service_option
@choice_options(with_all=False)
@click.option("--discarded", is_flag=True, help="Also those that were discarded.")
@json_option
def dead(*, services: Sequence[str], choice: Choice, discarded: bool, as_json: bool) -> None:
    """Dead letters: events that are not tried again until somebody decides."""
    found = _letters(services, ("dead", "discarded") if discarded else ("dead",), choice)
    if as_json:
        print_json(found)
        return
    now = utcnow()
    print_table(
        ("LETTER", "TYPE", "KEY", "FAILED", "BEHIND", "ERROR"),
        [
            (
                _reference(letter), letter.type, letter.key, age(letter.parked_at, now), letter.behind,
                _fate(letter),
            )
            for letter in found
        ],
    )  # fmt: skip
    click.echo(f"{counted(len(found), 'letter')}." if found else "There are no dead letters.")


@click.command
@service_option
@click.argument("letter")
@json_option
def show(*, services: Sequence[str], letter: str, as_json: bool) -> None:
    """One letter in full: LETTER is SERVICE/NUMBER as the lists print it."""
    with opened(services_named([letter], services)) as runtimes:
        ((runtime, chosen),) = by_service(runtimes, [letter], Choice())
        with runtime.database.reading() as db:
            found = reading.show(db, runtime.service.name, chosen.ids[0])
    if as_json:
        print_json(found)
    else:
        _print_in_full(found)


def _letters(services: Sequence[str], states: tuple[State, ...], choice: Choice) -> list[Letter]:
    found: list[Letter] = []
    with opened(services) as runtimes:
        for runtime in runtimes:
            with runtime.database.reading() as db:
                found += reading.letters(db, runtime.service.name, choice, states=states)
    return found


def _reference(letter: Letter) -> str:
    return f"{letter.service}/{letter.id}"


def _fate(letter: Letter) -> str:
    if letter.state == "discarded":
        return f"discarded by {letter.decided_by}: {shortened(letter.decision)}"
    return shortened(letter.error)


def _print_in_full(found: LetterInFull) -> None:
    letter, now = found.letter, utcnow()
    click.echo(f"{_reference(letter)}  {letter.type or 'no known type'}  ({letter.state})")
    click.echo(f"lay in      {letter.topic}, partition {letter.partition}, offset {letter.offset}")
    click.echo(f"key         {letter.key}" + ("" if letter.blocks else "  (it does not hold its key back)"))
    click.echo(f"event       {letter.event_id or '–'}")
    click.echo(f"parked      {letter.parked_at:%Y-%m-%d %H:%M:%S} UTC, {age(letter.parked_at, now)}")
    click.echo(f"tries       {letter.attempts}" + _next_try(letter.state, age(letter.next_try_at, now)))
    click.echo(f"behind it   {counted(letter.behind, 'event')}")
    click.echo(f"applied     {'already: a replay only takes it out' if found.applied else 'not yet'}")
    click.echo(f"error       {letter.error or '–'}")
    for decision in found.history:
        because = f": {decision.reason}" if decision.reason else ""
        click.echo(f"{decision.verb:<11} {decision.at:%Y-%m-%d %H:%M:%S} UTC by {decision.by}{because}")
    click.echo("\nheaders")
    for name, value in found.headers:
        click.echo(f"  {name}: {value}")
    click.echo("\nvalue" + (" (base64: it is no text)" if found.value_is_base64 else ""))
    click.echo(f"  {found.value if found.value is not None else '–'}")
    if found.stack:
        click.echo(f"\n{found.stack.rstrip()}")


def _next_try(state: State, when: str) -> str:
    return f", next {when}" if state == "parked" else ""
