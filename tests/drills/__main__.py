"""Breaks the compose stack on purpose, under load, and counts what became of every release.

    python -m tests.drills [--json] [--only NAME]… [--minutes N]        LONG=1: --minutes 60

--minutes: the whole catalogue again and again for so long, with more load. Exits with 1 if anything was lost,
doubled or out of order, or if a service that was not touched did not answer.
"""

import argparse
import itertools
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from types import FrameType

from tests.deploy.compose import SERVICES, FailedError, Stack
from tests.deploy.people import Person, administrator, eventually, release, schools_of_haixi
from tests.drills.catalogue import DRILLS, Drill
from tests.drills.load import HARD_PACE, PACE
from tests.drills.stage import Row, play

HOUR = 60.0


def main() -> int:
    """Do what the first lines say."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, _end)
    stack = Stack(f"tongxing-drill-{os.getpid()}", settings={"TONGXING_IMAGES": "tongxing-drill"})
    chosen = [drill for drill in DRILLS if not asked.only or drill.name in asked.only]
    try:
        person, schools = _started(stack)
        rows = _play_all(stack, person, schools, chosen, minutes=asked.minutes)
    except FailedError as error:
        _say(str(error))
        return 1
    finally:
        _say("· removing containers and volumes")
        stack.down()
    if asked.json:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1))  # noqa: T201
    return int(any(row.faults for row in rows))


def _started(stack: Stack) -> tuple[Person, list[str]]:
    """The stack, built and healthy; who plans, and two schools that scheduling knows."""
    begun = time.monotonic()
    stack.compose("build", "--quiet", *(f"{service}-web" for service in SERVICES), timeout=900)
    built = time.monotonic()
    stack.up()
    _say(f"· images in {built - begun:.0f} s, healthy in {time.monotonic() - built:.0f} s, at {stack.url}")
    person = administrator(stack)
    schools = schools_of_haixi(person)[:2]

    tries = itertools.count(1)

    def refused() -> str:
        try:
            for school in schools:
                release(person, f"演练之前 {next(tries)}", school)
        except AssertionError as error:  # the register of schools is still on its way to scheduling
            return str(error)
        return ""

    if reason := eventually(refused, until=lambda said: not said, within=30):
        raise FailedError(f"scheduling accepts no session, 30 seconds after it was started: {reason}")
    return person, schools


def _play_all(
    stack: Stack, person: Person, schools: list[str], drills: Sequence[Drill], *, minutes: float
) -> list[Row]:
    begun = time.monotonic()
    rows: list[Row] = []
    _say(
        _LINE.format(
            "drill", "sent", "refused", "lost", "doubled", "disorder", "caught up", "pages", "slowest", "took"
        )
    )
    while True:
        for drill in drills:
            row = play(
                stack,
                person,
                schools=schools,
                drill=drill.name,
                name=f"演练 {drill.name} {len(rows) + 1}",
                pace=HARD_PACE if minutes else PACE,
                tried=drill.tried,
                stopped=drill.stopped,
                act=drill.act,
            )
            rows.append(row)
            _say(_line(row))
            if row.faults:
                _keep_logs(stack, row)
        if time.monotonic() >= begun + minutes * 60:
            _say(_total(rows, time.monotonic() - begun))
            return rows


_LINE = "{:<22} {:>6} {:>8} {:>5} {:>8} {:>9} {:>10} {:>6} {:>8} {:>6}"


def _line(row: Row) -> str:
    caught_up = "never" if row.caught_up is None else f"{row.caught_up:.1f} s"
    counted = row.tally
    line = _LINE.format(
        *(row.drill, counted.sent, row.refused, counted.lost, counted.doubled, counted.disordered),
        *(caught_up, row.pages, f"{row.slowest:.1f} s", f"{row.seconds:.0f} s"),
    )
    return "\n".join([line, *(f"    {fault}" for fault in row.faults)])


def _total(rows: Sequence[Row], seconds: float) -> str:
    """The line under the table."""
    slowest = max((row.caught_up for row in rows if row.caught_up is not None), default=0.0)
    return _LINE.format(
        f"{len(rows)} drills",
        *(sum(row.tally.sent for row in rows), sum(row.refused for row in rows)),
        *(sum(row.tally.lost for row in rows), sum(row.tally.doubled for row in rows)),
        *(sum(row.tally.disordered for row in rows), f"≤ {slowest:.1f} s", sum(row.pages for row in rows)),
        *(f"{max((row.slowest for row in rows), default=0.0):.1f} s", f"{seconds:.0f} s"),
    )


def _keep_logs(stack: Stack, row: Row) -> None:
    """What every container said until a drill failed: it is gone with the containers otherwise."""
    os.makedirs("reports", exist_ok=True)  # noqa: PTH103
    path = f"reports/{row.drill}.log"
    with open(path, "w") as file:  # noqa: PTH123
        file.write(stack.compose("logs", "--no-color", "--timestamps", "--tail", "2000"))
    _say(f"    what the containers said: {path}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.drills", description="Break the compose stack on purpose and count."
    )
    parser.add_argument("--json", action="store_true", help="print the rows as JSON as well")
    parser.add_argument(
        "--only",
        action="append",
        choices=[drill.name for drill in DRILLS],
        help="only this drill; may be repeated",
    )
    parser.add_argument(
        "--minutes",
        type=float,
        default=HOUR if os.environ.get("LONG") == "1" else 0.0,
        help="again and again for so long, with more load",
    )
    return parser.parse_args()


def _say(line: str) -> None:
    """On stderr, so that stdout is JSON alone where that is asked for."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
