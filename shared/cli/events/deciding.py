"""`tongxing events replay | discard | undo-discard`: the plan is said first, then done on a yes."""

from collections.abc import Callable, Sequence

import click

from shared.cli.events.which import by_service, choice_options, services_named
from shared.cli.printing import counted, print_json
from shared.cli.selection import confirmed, json_option, opened, operator, service_option
from shared.events.operations import deciding
from shared.events.operations.choice import Choice
from shared.events.operations.deciding import Plan
from shared.events.parking import State
from shared.runtime import Runtime

_letters = click.argument("letters", nargs=-1, metavar="[LETTER]...")
_waiting = click.option("--parked", is_flag=True, help="Also those that are still being tried or wait.")
_yes = click.option("--yes", is_flag=True, help="Do it without asking.")

Planned = list[tuple[Runtime, Plan]]


@click.command
@_letters
@service_option
@choice_options(with_all=True)
@_waiting
@click.option("--reason", help="Why, for the record.")
@_yes
@json_option
def replay(
    *, letters: Sequence[str], choice: Choice, services: Sequence[str], parked: bool, reason: str | None, yes: bool, as_json: bool
) -> None:  # fmt: skip
    """Let letters be tried again now, from the first attempt on.

    LETTER is SERVICE/NUMBER as the lists print it; or give a filter, which means dead letters.
    """
    with opened(services_named(letters, services)) as runtimes:
        planned = _plan(runtimes, letters, choice, states=_open(letters, parked=parked))
        _ask(planned, _replay_sentences, yes=yes, as_json=as_json)
        done = {
            runtime.service.name: deciding.replay(
                runtime.database, runtime.service.name, plan.ids, actor=operator(), reason=reason
            )
            for runtime, plan in planned
        }
    _tell(planned, done, "will be tried again now", as_json=as_json)


@click.command
@_letters
@service_option
@choice_options(with_all=True)
@_waiting
@click.option("--reason", required=True, help="Why: it is kept with your name.")
@_yes
@json_option
def discard(
    *, letters: Sequence[str], choice: Choice, services: Sequence[str], parked: bool, reason: str, yes: bool, as_json: bool
) -> None:  # fmt: skip
    """Give letters up and free what waits behind them; `undo-discard` takes it back.

    LETTER is SERVICE/NUMBER as the lists print it; or give a filter, which means dead letters.
    """
    with opened(services_named(letters, services)) as runtimes:
        planned = _plan(runtimes, letters, choice, states=_open(letters, parked=parked))
        _ask(planned, _discard_sentences, yes=yes, as_json=as_json)
        done = {
            runtime.service.name: deciding.discard(
                runtime.database, runtime.service.name, plan.ids, actor=operator(), reason=reason
            )
            for runtime, plan in planned
        }
    _tell(planned, done, "discarded", as_json=as_json)


@click.command
@_letters
@service_option
@choice_options(with_all=True)
@click.option("--reason", help="Why, for the record.")
@_yes
@json_option
def undo_discard(
    *,
    letters: Sequence[str],
    choice: Choice,
    services: Sequence[str],
    reason: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Take a discard back: the letters are dead letters again and hold their keys back again.

    What was applied of their keys since stays applied. It is possible for as long as the letter is kept
    (TONGXING_KEEP_DISCARDED, 90 days).
    """
    with opened(services_named(letters, services)) as runtimes:
        planned = _plan(runtimes, letters, choice, states=("discarded",))
        _ask(planned, _undo_sentences, yes=yes, as_json=as_json)
        done = {
            runtime.service.name: deciding.take_back(
                runtime.database, runtime.service.name, plan.ids, actor=operator(), reason=reason
            )
            for runtime, plan in planned
        }
    _tell(planned, done, "dead letters again", as_json=as_json)


def _open(letters: Sequence[str], *, parked: bool) -> tuple[State, ...]:
    """The states that are meant: a filter means dead letters, a name means the letter whatever it is."""
    return ("parked", "dead") if parked or letters else ("dead",)


def _plan(
    runtimes: Sequence[Runtime], letters: Sequence[str], choice: Choice, *, states: tuple[State, ...]
) -> Planned:
    if not letters:
        choice.insist()
    planned: Planned = []
    for runtime, chosen in by_service(runtimes, letters, choice):
        with runtime.database.reading() as db:
            plan = deciding.plan(db, runtime.service.name, chosen, states=states)
        if missing := set(chosen.ids) - set(plan.ids):
            names = ", ".join(f"{runtime.service.name}/{number}" for number in sorted(missing))
            raise click.ClickException(
                f"Nothing was done: {names} is not {' or '.join(states)}. `tongxing events show` says what became of it."
            )
        if plan.ids:
            planned.append((runtime, plan))
    return planned


def _ask(planned: Planned, sentences: Callable[[Plan], list[str]], *, yes: bool, as_json: bool) -> None:
    for runtime, plan in planned:
        for sentence in sentences(plan):
            click.echo(f"{runtime.service.name}: {sentence}", err=as_json)
    if planned:
        confirmed("Do it?", yes=yes)


def _replay_sentences(plan: Plan) -> list[str]:
    said = [f"{plan.applied:,} of {len(plan.ids):,} were applied already: those are only taken out."]
    said.append(
        f"{counted(len(plan.ids) - plan.applied, 'event')} will be tried again, from the first attempt on."
    )
    if plan.behind:
        said.append(f"{counted(plan.behind, 'event')} waiting behind will follow, each in its turn.")
    if plan.late:
        said.append(
            f"{plan.late:,} of them did not hold their keys back: later events may have been applied before them."
        )
    return said


def _discard_sentences(plan: Plan) -> list[str]:
    said = [f"{counted(len(plan.ids), 'letter')} will be given up; {plan.applied:,} were applied already."]
    if plan.behind:
        said.append(f"{counted(plan.behind, 'event')} behind will be applied without them.")
    return said


def _undo_sentences(plan: Plan) -> list[str]:
    said = [
        f"{counted(len(plan.ids), 'letter')} will be dead letters again. What was applied since stays applied."
    ]
    if plan.behind:
        said.append(f"{counted(plan.behind, 'event')} of the same keys wait, and will wait for them again.")
    return said


def _tell(planned: Planned, done: dict[str, int], words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {"service": runtime.service.name, "plan": plan, "done": done[runtime.service.name]}
                for runtime, plan in planned
            ]
        )
    elif not planned:
        click.echo("No letter matches.")
    else:
        meant = sum(len(plan.ids) for _, plan in planned)
        changed = f" {counted(meant - sum(done.values()), 'other')} changed meanwhile." * (
            sum(done.values()) < meant
        )
        click.echo(f"{counted(sum(done.values()), 'letter')} {words}.{changed}")
