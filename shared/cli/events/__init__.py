"""`tongxing events …`: what waits, what failed, and what operators do about it."""

from typing import ClassVar

import click

from shared.cli.root import Table

_HERE = "shared.cli.events"


class _Events(Table):
    table: ClassVar = {
        "lag": (f"{_HERE}.lag:lag", "How far behind consumers and outboxes are."),
        "parked": (
            f"{_HERE}.letters:parked",
            "Events that failed and are tried again, with those behind them.",
        ),
        "dead": (f"{_HERE}.letters:dead", "Dead letters: given up until somebody decides."),
        "show": (f"{_HERE}.letters:show", "One letter in full: record, error, trace, decisions."),
        "replay": (f"{_HERE}.deciding:replay", "Let letters be tried again now."),
        "discard": (f"{_HERE}.deciding:discard", "Give letters up and free what waits behind them."),
        "undo-discard": (f"{_HERE}.deciding:undo_discard", "Take a discard back."),
        "republish": (f"{_HERE}.republish:republish", "Send published events, or current states, again."),
        "resume": (f"{_HERE}.resume:resume", "Let a consumer that stopped go on."),
        "diverged": (f"{_HERE}.diverged:diverged", "What a restored database lacks, and accepting it."),
    }


@click.command(cls=_Events)
def events() -> None:
    """Look at events that wait or failed, and decide about them."""
