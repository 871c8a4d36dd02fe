"""Work aside: its answer, its error and its end come back."""

import os
import signal

import pytest

from shared.errors import Invalid, Unavailable
from shared.serving.aside import aside
from shared.text import Sentence


class Unsendable(Exception):
    """Cannot be made again from its arguments."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


def refuses() -> None:
    raise Invalid(Sentence(zh="不行。", en="No."), field="x")


def fails() -> None:
    raise Unsendable(1, 2)


def test_the_answer_is_made_in_another_process() -> None:
    assert aside(os.getpid) != os.getpid()


def test_what_is_refused_there_is_refused_here_in_the_same_words() -> None:
    with pytest.raises(Invalid) as refused:
        aside(refuses)

    assert (refused.value.sentence, refused.value.field) == (Sentence(zh="不行。", en="No."), "x")


def test_what_cannot_be_sent_is_told() -> None:
    with pytest.raises(RuntimeError, match="Unsendable: 1 and 2"):
        aside(fails)


def test_an_end_in_the_middle_is_told() -> None:
    with pytest.raises(Unavailable, match="start it again"):
        aside(lambda: os.kill(os.getpid(), signal.SIGKILL))
