"""A loop: its rhythm, its failures, its end. `turn` is driven by hand; threads only where they are the point."""

import threading
from collections.abc import Callable, Iterator

import pytest

from shared.errors import Unavailable
from shared.text import Sentence
from shared.worker import Bell, Loop

PATIENCE = 30  # a test that waits so long has failed; none waits for its own sake


def looping(
    step: Callable[[], object], *, idle: tuple[float, float] = (0.005, 0.150), bell: Bell | None = None
) -> Loop:
    return Loop("relay", step, service="exchange", idle=idle, bell=bell)


def answers(*all_: object) -> Callable[[], object]:
    """A step that does these one after the other."""
    rest: Iterator[object] = iter(all_)

    def step() -> object:
        answer = next(rest)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return step


def test_it_rests_longer_and_longer_and_not_at_all_where_there_is_more() -> None:
    loop = looping(answers(0, [], None, 0, 0, 0, 0, 500, 0))
    waits = [loop.turn()[0] for _ in range(9)]
    assert waits == [0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.15, 0.0, 0.005]
    assert loop.beats == 9


def test_after_work_it_rests_for_what_comes_meanwhile_and_no_bell_shortens_that() -> None:
    loop = Loop("relay", answers(0, 3, 3, 0), service="exchange", idle=(0.005, 0.150), rest=0.004)
    assert [loop.turn() for _ in range(4)] == [(0.005, True), (0.004, False), (0.004, False), (0.005, True)]


def test_a_step_that_fails_is_tried_again_after_a_pause_that_no_bell_shortens() -> None:
    loop = looping(answers(*[ValueError("odd")] * 8, 1))
    turns = [loop.turn() for _ in range(8)]
    assert turns == [(pause, False) for pause in (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0)]
    assert loop.turn() == (0.0, False)
    assert loop.failing() is None


def test_three_failures_in_a_row_are_said() -> None:
    away = Unavailable(Sentence(zh="没有响应。", en="The database does not answer."))
    loop = looping(answers(away, away, away, 0))
    loop.turn()
    loop.turn()
    assert loop.failing() is None, "two may be chance"
    loop.turn()
    wrong = loop.failing()
    assert wrong is not None
    assert wrong.en == "It has failed 3 times in a row, last with: The database does not answer."
    loop.turn()
    assert loop.failing() is None


def test_a_bell_ends_the_rest() -> None:
    bell, called = Bell(), threading.Semaphore(0)

    def step() -> bool:
        called.release()
        return False

    loop = looping(step, idle=(3600, 3600), bell=bell)
    loop.start()
    for _ in range(3):
        assert called.acquire(timeout=PATIENCE)
        bell.set()
    loop.ask_to_stop()
    assert loop.join(PATIENCE)


def test_stopping_lets_the_step_in_hand_end_and_closes_in_the_same_thread() -> None:
    inside, go_on = threading.Event(), threading.Event()
    told: list[tuple[str, int]] = []

    def step() -> bool:
        inside.set()
        go_on.wait(PATIENCE)
        told.append(("ended", threading.get_ident()))
        return True

    loop = Loop(
        "consumer",
        step,
        service="exchange",
        idle=(1, 1),
        drain=lambda: told.append(("drain", threading.get_ident())),
        close=lambda: told.append(("close", threading.get_ident())),
    )
    loop.start()
    assert inside.wait(PATIENCE)
    loop.ask_to_stop()
    assert not loop.join(0)
    go_on.set()
    assert loop.join(PATIENCE)
    assert [what for what, _ in told] == ["drain", "ended", "close"]
    assert told[0][1] == threading.get_ident()
    assert told[1][1] == told[2][1] != threading.get_ident()
    assert loop.ended() is None, "it was asked to"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_dies_is_told() -> None:
    loop = looping(answers(SystemError("fine"), KeyboardInterrupt()), idle=(0, 0))
    assert loop.ended() is None, "not started"
    loop.start()
    assert loop.join(PATIENCE)
    wrong = loop.ended()
    assert wrong is not None
    assert "ended unexpectedly" in wrong.en
