"""Health: is this process alive, is it ready, and if not, what is wrong, in a sentence.

Alive (/healthz) asks only about the process itself: where it is not, only a restart helps. Ready (/readyz) also
asks what it depends on: where it is not, work should go elsewhere and somebody should read why. A database that
is down makes a process unready, never dead: a restart would not bring it back.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from shared.errors import TongxingError
from shared.observe.masking import masked_text
from shared.observe.patience import NotInTime, Question
from shared.text import Sentence

#: Answers what is wrong, or None where all is well; may raise: a TongxingError's sentence is what is wrong.
Check = Callable[[], Sentence | None]

#: Seconds that a probe waits for something outside; Kubernetes gives a probe one second by default.
PATIENCE = 0.8


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `wrong` is None where all is well."""

    check: str
    wrong: Sentence | None


@dataclass(frozen=True, slots=True)
class Report:
    """What all checks found, in the order in which they were added."""

    findings: tuple[Finding, ...]

    @property
    def well(self) -> bool:
        """Whether no check found anything wrong."""
        return all(finding.wrong is None for finding in self.findings)

    @property
    def wrong(self) -> tuple[str, ...]:
        """What is wrong, as English lines for logs and terminals."""
        return tuple(
            f"{finding.check}: {finding.wrong}" for finding in self.findings if finding.wrong is not None
        )

    def as_json(self) -> dict[str, object]:
        """The body of the answer; secrets in what drivers say are masked."""
        return {
            "status": "ok" if self.well else "failing",
            "checks": [
                {"check": finding.check, "ok": True}
                if finding.wrong is None
                else {
                    "check": finding.check,
                    "ok": False,
                    "detail": {"zh": masked_text(finding.wrong.zh), "en": masked_text(finding.wrong.en)},
                }
                for finding in self.findings
            ],
        }


class Health:
    """The checks of one process. They are added while it starts; reports may come from any thread."""

    def __init__(self, *, patience: float = PATIENCE, keep: float = 1.0) -> None:
        """No checks yet. keep: seconds for which an answer from outside serves further probes."""
        self._patience = patience
        self._keep = keep
        self._alive: dict[str, Check] = {}
        self._ready: dict[str, Check] = {}
        self._needed: dict[str, Question[Sentence | None]] = {}

    def alive_if(self, name: str, check: Check) -> None:
        """The process is alive, and ready, only while `check` answers None. It must answer at once."""
        self._alive[name] = check

    def ready_if(self, name: str, check: Check) -> None:
        """The process is ready only while `check` answers None. It must answer at once."""
        self._ready[name] = check

    def needs(self, name: str, check: Check) -> None:
        """As `ready_if`, for what lies outside the process and may take its time, or hang."""
        self._needed[name] = Question(check, keep=self._keep)

    def alive(self) -> Report:
        """Whether only a restart would help."""
        return Report(tuple(Finding(name, _asked(check)) for name, check in self._alive.items()))

    def ready(self) -> Report:
        """Whether work should come here."""
        for question in self._needed.values():
            question.put()  # all at once: they wait side by side, and the probe waits once
        deadline = time.monotonic() + self._patience
        near = (*self._alive.items(), *self._ready.items())
        return Report(
            (
                *(Finding(name, _asked(check)) for name, check in near),
                *(
                    Finding(name, _asked(partial(_answer, question, deadline)))
                    for name, question in self._needed.items()
                ),
            )
        )


def _answer(question: Question[Sentence | None], deadline: float) -> Sentence | None:
    try:
        return question.answer(patience=max(0.0, deadline - time.monotonic()))
    except NotInTime:
        return Sentence(zh="没有及时答复。", en="It does not answer in time.")


def _asked(check: Check) -> Sentence | None:
    try:
        return check()
    except TongxingError as error:
        return error.sentence
    except Exception as error:  # noqa: BLE001  a check that fails is a finding, not an error page
        return Sentence(
            zh=f"检查失败：{type(error).__name__}: {error}", en=f"{type(error).__name__}: {error}"
        )
