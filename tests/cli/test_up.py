"""`tongxing up`, as real processes."""

import os
import signal
import socket
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from tests.cli.conftest import STEPS, Process
from tests.events.standing import standing

Start = Callable[..., Process]


def in_the_end(data: Path) -> list[str]:
    """What the service has seen once everything that it emitted has arrived."""
    with standing(data) as toy:
        toy.pass_time(timedelta(seconds=30))  # a relay that was killed gave no lease back
        toy.flow()
        return toy.seen()


def test_it_prepares_everything_serves_and_ends_at_a_word(start: Start, data: Path) -> None:
    process = start("up", "toys")
    assert process.get() == (200, "Toys.")
    assert process.get("/healthz")[0] == 200
    said = process.end()
    assert (said.code, "Traceback" in said.err) == (0, False)
    assert said.out.splitlines() == [
        f"· toys: database brought to this release ({STEPS} steps)",
        "· toys: toys.balls: made with 2 partitions.",
        "· toys: toys.boxes: made with 1 partitions.",
        "· toys: demonstration data loaded",
        f"Tongxing is at http://127.0.0.1:{process.port}",
        f"Sign in at http://127.0.0.1:{process.port}/toys/?once=secret",
        "Ctrl-C stops it.",
    ]
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_ctrl_c_reaches_the_whole_group_and_is_no_error(start: Start) -> None:
    process = start("up", "toys")
    process.get()
    os.killpg(process.popen.pid, signal.SIGINT)
    said = process.wait()
    assert (said.code, said.err.count("Traceback")) == (0, 0)


def test_a_second_start_keeps_the_data_and_demonstrates_nothing_twice(start: Start, data: Path) -> None:
    first = start("up", "toys")
    first.get()
    first.end()
    second = start("up", "toys")
    second.get()
    said = second.end()
    assert said.out.splitlines()[0] == f"Tongxing is at http://127.0.0.1:{second.port}"
    assert in_the_end(data) == ["as a demonstration"]


def test_what_was_emitted_is_applied_although_the_processes_were_killed(start: Start, data: Path) -> None:
    process = start("up", "toys")
    process.get()
    os.kill(process.popen.pid, signal.SIGKILL)  # the master; its worker notices by itself
    process.popen.wait()
    again = start("up", "toys")
    again.get()
    assert again.end().code == 0
    assert in_the_end(data) == ["as a demonstration"]


def test_demonstration_data_is_left_out_for_good_where_it_is_not_wanted(start: Start, data: Path) -> None:
    process = start("up", "toys", TONGXING_DEMO="0")
    process.get()
    process.end()
    process = start("up", "toys")
    process.get()
    process.end()
    assert in_the_end(data) == []


def test_a_taken_port_is_one_sentence(start: Start) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = start("up", "toys", TONGXING_PORT=str(port)).wait()
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        f"Cannot listen on port {port} of 127.0.0.1 (Address already in use). "
        "Choose another one with TONGXING_PORT, or stop the program that has it.\n"
    )


def test_a_taken_directory_is_one_sentence_with_who_has_it(start: Start, data: Path) -> None:
    holder = start("up", "toys")
    holder.get()
    said = start("up", "toys").wait()
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        f"The data directory {data} is in use by another tongxing up (process {holder.popen.pid}). "
        "Stop that one, or name another directory with TONGXING_DATA.\n"
    )


def test_a_directory_that_cannot_be_written_is_one_sentence(start: Start) -> None:
    # Under /proc not even root can make one.
    said = start("up", "toys", TONGXING_DATA="/proc/tongxing").wait()
    assert (said.code, said.err.count("\n"), "cannot be written" in said.err) == (1, 1, True)


def test_a_directory_where_a_file_stands_is_one_sentence(start: Start, data: Path) -> None:
    data.write_text("in the way")
    said = start("up", "toys").wait()
    assert (said.code, said.err.count("\n"), "cannot be written" in said.err) == (1, 1, True)


def test_a_wrong_variable_is_one_sentence(start: Start) -> None:
    said = start("up", "toys", TONGXING_LANGUAGE="fr").wait()
    assert (said.code, said.err.count("\n"), "TONGXING_LANGUAGE" in said.err) == (2, 1, True)


def test_an_unknown_service_is_answered_with_those_that_there_are(start: Start) -> None:
    said = start("up", "toyz").wait()
    assert said.code == 2
    assert said.err.startswith("There is no service 'toyz' here. Installed: ")
    assert "toys" in said.err


def test_the_first_real_office_begins_with_an_empty_system(start: Start, data: Path) -> None:
    first = start("up", "toys")
    first.get()
    first.end()

    said = start("begin", "--yes").wait()
    assert (said.code, "Traceback" in said.err) == (0, False)
    assert in_the_end(data) == []
    (aside,) = data.glob("before-beginning-*")
    assert {"toys.db", "broker.db"} <= {path.name for path in aside.iterdir()}

    again = start("up", "toys")
    again.get()
    assert "demonstration" not in again.end().out


def test_an_installation_that_runs_is_not_emptied(start: Start) -> None:
    running = start("up", "toys")
    running.get()
    refused = start("begin", "--yes").wait()
    assert refused.code == 1
    assert "Traceback" not in refused.err
    assert running.get()[0] == 200
