"""The other commands: help, migrate, topics, doctor, contracts, and what a service adds."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.cli.contracts import contracts
from shared.cli.events import events
from shared.cli.root import tongxing
from shared.cli.topics import topics
from shared.contracts import CONTRACTS
from tests.cli.conftest import ROOT, STEPS, Said
from tests.events.standing import Standing

Run = Callable[..., Said]
TOYS = ("--service", "toys")


def test_help_lists_everything_and_imports_next_to_nothing() -> None:
    heavy = "import sys; from shared.cli.root import tongxing; tongxing(['--help'], standalone_mode=False); "
    heavy += "print([name for name in ('sqlalchemy', 'flask', 'kafka', 'alembic', 'msgspec') if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, cwd=ROOT, check=True)
    for command in ("up", "web", "worker", "migrate", "topics", "events", "doctor", "contracts"):
        assert f"\n  {command} " in said.stdout
    assert said.stdout.splitlines()[-1] == "[]"


EVERY = [
    *((name,) for name in tongxing.table),
    *(("events", name) for name in events.table),
    *(("topics", name) for name in topics.commands),
    *(("contracts", name) for name in contracts.commands),
]


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_every_command_is_there_and_says_what_it_does(run: Run, command: tuple[str, ...]) -> None:
    said = run(*command, "--help")
    assert (said.code, said.out.startswith(f"Usage: tongxing {' '.join(command)}")) == (0, True)


def test_migrating_says_what_was_done_and_then_that_all_is_done(run: Run, data: Path) -> None:
    assert run("migrate", "toys", "--check").code == 1
    assert run("migrate", "toys").out.startswith(f"toys: {STEPS} steps done: ")
    assert run("migrate", "toys").out == "toys: up to date\n"
    assert run("migrate", "toys", "--check").code == 0


def test_topics_are_listed_applied_and_checked(run: Run, data: Path) -> None:
    data.mkdir()
    missing = run("topics", "check", *TOYS)
    assert (missing.code, missing.out.splitlines()[0]) == (
        1,
        "toys.balls is missing: run tongxing topics apply.",
    )
    assert run("topics", "apply", *TOYS).out.splitlines() == [
        "toys.balls: made with 2 partitions.",
        "toys.boxes: made with 1 partitions.",
    ]
    assert run("topics", "apply", *TOYS).out == "Every topic is as declared.\n"
    assert run("topics", "check", *TOYS).code == 0
    listed = run("topics", "list", *TOYS, "--json").json
    assert [each["topic"]["name"] for each in listed] == ["toys.balls", "toys.boxes"]
    assert "newest of each key" in run("topics", "list", *TOYS).out


def test_doctor_finds_nothing_to_migrate_but_no_keys(run: Run, toy: Standing) -> None:
    report = run("doctor", *TOYS, "--json")
    wrong = {each["what"]: each["wrong"] for each in report.json["findings"] if each["wrong"]}
    assert report.code == 1
    assert set(wrong) == {"data", "toys keys"}  # the test made its directory open to others
    assert "1 thing" not in run("doctor", *TOYS).out


def test_doctor_says_what_to_do(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data.mkdir(mode=0o700)
    (data / "signing.pem").write_text("a key")
    (data / "signing.pem").chmod(0o644)
    monkeypatch.setenv("TONGXING_PROT", "80")
    monkeypatch.setenv("TONGXING_KEEP_INBOX", "91d")
    monkeypatch.setenv("TONGXING_KEEP_SENT", "10d")
    said = run("doctor", *TOYS)
    assert said.code == 1
    for words in (
        "TONGXING_PROT is no setting and has no effect. Did you mean TONGXING_PORT?",
        "signing.pem can be read by others: chmod 600 signing.pem.",
        f"{STEPS} migrations pending: run tongxing migrate toys.",
        "toys.balls is missing: run tongxing topics apply.",
    ):
        assert words in said.out


def test_doctor_says_that_a_broker_is_away(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGXING_BROKER", "embedded:/nowhere/broker.db")
    said = run("doctor", *TOYS)
    assert "✗ toys broker: The directory /nowhere of the embedded broker is missing. Create it." in said.out


def test_doctor_and_a_wrong_variable(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGXING_PORT", "eighty")
    said = run("doctor")
    assert (said.code, said.out.splitlines()[-1]) == (1, "1 thing to put right.")
    assert "TONGXING_PORT" in said.out


def test_contracts_are_sound(run: Run, data: Path) -> None:
    said = run("contracts", "check")
    assert said.code == 0, said.err
    assert "checked, compared with" in said.out


def test_contracts_are_compared_with_a_release(run: Run, data: Path, tmp_path: Path) -> None:
    (tmp_path / "released" / "0.1.0").mkdir(parents=True)
    gone = '{"type": "toys.ball.burst.v1", "topic": "toys.balls", "key": "ball_id", "schema": {}}'
    (tmp_path / "released" / "0.1.0" / "toys.ball.burst.v1.json").write_text(gone)
    said = run("contracts", "check", "--released", str(tmp_path / "released"))
    assert (said.code, "toys.ball.burst.v1 is gone." in said.err) == (1, True)


def test_contracts_are_printed(run: Run, data: Path) -> None:
    schemas = run("contracts", "schemas").json
    assert set(schemas) == {contract.type for contract in CONTRACTS}
    assert run("contracts", "asyncapi").json["asyncapi"] == "3.0.0"
    assert run("contracts", "schemas", "nobody.knows.this.v1").code == 2


def test_a_service_adds_commands(run: Run, data: Path) -> None:
    assert run("toys", "count").out == "none\n"
    assert run("nobody", "count").code == 2
