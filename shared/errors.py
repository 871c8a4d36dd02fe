"""What a command answers instead of a result. Every error is a sentence for the person who reads it.

The edge turns them into a page, problem+json (RFC 9457) or a line on the terminal.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

from shared.text import Sentence


class TongxingError(Exception):
    """Something that the person at the other end can understand and act on.

    `field` names the input at fault, where there is one.
    """

    status: ClassVar[HTTPStatus]

    def __init__(self, sentence: Sentence, *, field: str | None = None) -> None:
        """Carry the sentence, and the field at fault."""
        super().__init__(str(sentence))
        self.sentence = sentence
        self.field = field

    def members(self) -> Mapping[str, object]:
        """What a program reads of it beside the sentence: members that its problem+json has more; sentences may be in it."""
        return {}


class Invalid(TongxingError):
    """The input cannot be understood or breaks a rule by itself."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class Refusal(TongxingError):
    """The input is fine, but the state of things forbids it now."""

    status = HTTPStatus.CONFLICT


class Stale(Refusal):
    """What was to be changed has changed since it was seen: the version that was seen, and the one that there is."""

    status = HTTPStatus.PRECONDITION_FAILED

    def __init__(self, sentence: Sentence, *, seen: int, now: int) -> None:
        """Carry the sentence and both versions."""
        super().__init__(sentence)
        self.seen, self.now = seen, now

    def members(self) -> Mapping[str, object]:
        """Both versions, for a program."""
        return {"seen": self.seen, "now": self.now}


class Forbidden(TongxingError):
    """The actor holds no grant for it."""

    status = HTTPStatus.FORBIDDEN


class NotFound(TongxingError):
    """There is no such thing, or the actor may not know of it."""

    status = HTTPStatus.NOT_FOUND


class Unavailable(TongxingError):
    """Something we need does not answer; trying again in `retry_after` seconds may work."""

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, sentence: Sentence, *, retry_after: int = 5) -> None:
        """Carry the sentence and the seconds to wait."""
        super().__init__(sentence)
        self.retry_after = retry_after
