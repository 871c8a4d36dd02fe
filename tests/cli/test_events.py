"""`tongxing events …` as an operator types it."""

import getpass
from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.events.record import TopicPartition
from tests.cli.conftest import Said
from tests.cli.toys import app as toys
from tests.events.standing import Standing

Run = Callable[..., Said]
TOYS = ("--service", "toys")
ME = f"operator:{getpass.getuser()}"


@pytest.fixture
def letter(toy: Standing) -> str:
    """The reference of a dead letter with one event behind it."""
    ball = toy.do(lambda tx: toys.new_ball(tx, how=toys.BROKEN))
    toy.do(lambda tx: toys.roll(tx, ball_id=ball, how="second"))
    toy.flow()
    toy.pass_time(timedelta(seconds=30))
    toy.receive()
    return "toys/1"


def test_dead_letters_are_listed_for_people_and_for_programs(run: Run, letter: str) -> None:
    said = run("events", "dead", *TOYS)
    heading, line, count = said.out.splitlines()
    assert heading.split() == ["LETTER", "TYPE", "KEY", "FAILED", "BEHIND", "ERROR"]
    assert line.split()[:2] == [letter, "toys.ball.rolled.v1"]
    assert line.endswith("1  ValueError: a ball that rolls broken")
    assert count == "1 letter."
    (found,) = run("events", "dead", *TOYS, "--json").json
    assert (found["service"], found["id"], found["state"], found["behind"]) == ("toys", 1, "dead", 1)


def test_nothing_dead_is_a_sentence_and_an_empty_list(run: Run, toy: Standing) -> None:
    assert run("events", "dead", *TOYS).out == "There are no dead letters.\n"
    assert run("events", "parked", *TOYS).out == "Nothing is parked.\n"
    assert run("events", "dead", *TOYS, "--json").json == []


def test_what_waits_behind_is_counted(run: Run, letter: str) -> None:
    assert (
        run("events", "parked", *TOYS).out.splitlines()[-1]
        == "0 events tried again, 1 event behind earlier ones."
    )


def test_a_letter_is_shown_in_full(run: Run, letter: str) -> None:
    said = run("events", "show", letter)
    assert said.code == 0
    for words in (
        "(dead)",
        "behind it   1 event",
        "not yet",
        "ce_type: toys.ball.rolled.v1",
        '"how":"broken"',
        "Traceback",
    ):
        assert words in said.out
    shown = run("events", "show", "1", *TOYS, "--json").json
    assert (shown["letter"]["id"], shown["applied"], shown["history"]) == (1, False, [])


@pytest.mark.parametrize("reference", ["toys/x", "nobody/1", "toys"])
def test_a_reference_that_names_nothing_is_refused(run: Run, toy: Standing, reference: str) -> None:
    said = run("events", "show", reference, *TOYS)
    assert (said.code, "SERVICE/NUMBER" in said.err) == (2, True)


def test_a_letter_that_is_not_there_is_a_sentence(run: Run, toy: Standing) -> None:
    said = run("events", "show", "toys/9", *TOYS)
    assert (said.code, said.err) == (
        1, "toys has no letter 9: it was applied since, or deleted after its time.\n",
    )  # fmt: skip


@pytest.mark.parametrize("command", [["replay"], ["discard", "--reason", "x"], ["undo-discard"]])
def test_without_saying_which_nothing_is_decided(run: Run, letter: str, command: list[str]) -> None:
    said = run("events", *command, *TOYS, "--yes")
    assert said.code == 2
    assert said.err.startswith("Say which: ids, or a filter")


def test_where_nobody_can_be_asked_yes_must_be_said(run: Run, letter: str) -> None:
    said = run("events", "replay", letter, *TOYS)
    assert (said.code, "say --yes" in said.err) == (2, True)
    assert len(run("events", "dead", *TOYS, "--json").json) == 1


def test_a_replay_says_beforehand_what_it_will_do(run: Run, toy: Standing, letter: str) -> None:
    said = run("events", "replay", "--topic", "toys.balls", *TOYS, "--yes")
    assert said.out.splitlines() == [
        "toys: 0 of 1 were applied already: those are only taken out.",
        "toys: 1 event will be tried again, from the first attempt on.",
        "toys: 1 event waiting behind will follow, each in its turn.",
        "1 letter will be tried again now.",
    ]
    toys.failing.clear()
    toy.receive()
    assert toy.seen() == ["broken", "second"]


def test_a_filter_that_matches_nothing_does_nothing(run: Run, letter: str) -> None:
    said = run("events", "replay", "--error-contains", "another", *TOYS)
    assert (said.code, said.out) == (0, "No letter matches.\n")


def test_a_discard_wants_a_reason_keeps_it_and_is_taken_back(run: Run, toy: Standing, letter: str) -> None:
    assert run("events", "discard", letter, *TOYS, "--yes").code == 2
    done = run("events", "discard", letter, *TOYS, "--yes", "--reason", "a test ball", "--json")
    assert done.json == [
        {"service": "toys", "plan": {"ids": [1], "behind": 1, "applied": 0, "late": 0}, "done": 1}
    ]
    toy.receive()
    assert toy.seen() == ["second"]
    assert f"discarded by {ME}: a test ball" in run("events", "dead", *TOYS, "--discarded").out
    assert (
        run("events", "undo-discard", letter, *TOYS, "--yes").out.splitlines()[-1]
        == "1 letter dead letters again."
    )
    story = run("events", "show", letter, *TOYS, "--json").json["history"]
    assert [(each["verb"], each["by"], each["reason"]) for each in story] == [
        ("discarded", ME, "a test ball"),
        ("taken back", ME, None),
    ]


def test_what_is_in_another_state_is_not_decided_again(run: Run, letter: str) -> None:
    said = run("events", "undo-discard", letter, *TOYS, "--yes")
    assert (said.code, said.out) == (1, "")
    assert "toys/1 is not discarded" in said.err


def test_lag_says_what_is_left_to_read_and_to_send(run: Run, toy: Standing) -> None:
    toy.receive()
    toy.do(lambda tx: toys.new_ball(tx, how="waits"))
    assert run("events", "lag", *TOYS).out.splitlines()[-1].split()[:2] == ["toys", "1"]
    toy.send()
    table, *rest = run("events", "lag", *TOYS).out.split("\n\n")
    assert table.splitlines()[1].split() == ["toys", "toys.balls", "1"]
    assert rest == ["Every event that was emitted has been sent.\n"]
    report = run("events", "lag", *TOYS, "--json").json
    assert sum(line["behind"] for line in report["consumers"]) == 1
    assert report["outboxes"][0]["rows"] == 0


def test_a_consumer_whose_records_are_gone_goes_on_at_a_word(run: Run, toy: Standing) -> None:
    toy.receive()
    toy.consumer.close()
    for _ in range(6):
        toy.do(lambda tx: toys.new_ball(tx, how="lost"))
    toy.send()
    spans = toy.runtime.broker.describe(["toys.balls"])["toys.balls"].spans
    toy.runtime.broker.delete_records(
        {TopicPartition("toys.balls", n): span.end for n, span in spans.items()}
    )
    toy.consumer = toy.runtime.consumer()
    toy.receive()
    assert "toys has stopped" in run("events", "lag", *TOYS).out
    assert run("events", "resume", *TOYS, "--reason", "x", "--yes").code == 2
    said = run("events", "resume", "--all", *TOYS, "--reason", "accepted the loss", "--yes")
    assert said.out.splitlines()[-1].endswith("6 records that are gone were passed over.")
    assert "has stopped" not in run("events", "lag", *TOYS).out


def test_republish_says_how_much_and_marks_it(run: Run, toy: Standing) -> None:
    toy.do(lambda tx: toys.new_ball(tx, how="once"))
    toy.do(lambda tx: toys.new_box(tx, label="a box"))
    toy.flow()
    assert run("events", "republish", *TOYS, "--yes").code == 2
    said = run("events", "republish", "--all", *TOYS, "--yes")
    assert said.out.splitlines() == [
        "toys: toys.balls: 1 retained event will be sent again.",
        "toys: toys.boxes: 1 current state will be sent again.",
        "2 events left for the relay to send again.",
    ]
    toy.flow()
    assert toy.seen() == ["once"]


def test_nothing_has_diverged(run: Run, toy: Standing) -> None:
    assert run("events", "diverged", *TOYS).out == "Nothing has diverged.\n"
    said = run("events", "diverged", "accept", "nobody", *TOYS, "--reason", "x", "--yes")
    assert (said.code, "Nothing of nobody has diverged" in said.err) == (1, True)


def test_a_moment_is_given_as_people_say_it(run: Run, letter: str) -> None:
    assert len(run("events", "dead", *TOYS, "--since", "2h", "--json").json) == 1
    assert len(run("events", "dead", *TOYS, "--since", "2099-01-01", "--json").json) == 0
    said = run("events", "dead", *TOYS, "--since", "yesterday")
    assert (said.code, "'yesterday' is no moment" in said.err) == (2, True)
