"""How long to wait before each try, by kind of channel."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

#: Before the first try, the second, and so on; behind the last there is none. Standard Webhooks' own for webhooks; of mail
#: as mail servers do it, within a day; robots belong to chats, where yesterday's message helps nobody.
_SECONDS: Mapping[str, Sequence[int]] = {
    "webhook": (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400),
    "email": (0, 60, 300, 900, 3600, 14_400, 28_800, 43_200),
    "robot": (0, 10, 60, 300, 1800, 7200, 18_000),
}

#: Waits are stretched by up to this part, so that what failed together does not come back together.
JITTER = 0.2

#: What another side may ask us to wait at most.
LONGEST = timedelta(hours=24)


def schedule_of(kind: str) -> Sequence[timedelta]:
    """The waits of a kind of channel."""
    return [timedelta(seconds=wait) for wait in _SECONDS.get(kind, _SECONDS["robot"])]


def wait_before(
    kind: str, *, attempts: int, chance: float, asked: timedelta | None = None
) -> timedelta | None:
    """How long to wait after so many attempts; None: that was the last.

    chance: 0 to 1. asked: what the other side said (Retry-After), honoured where it is longer, up to a day.
    """
    waits = schedule_of(kind)
    if attempts >= len(waits):
        return None
    wait = waits[attempts] * (1 + JITTER * chance)
    return max(wait, min(asked, LONGEST)) if asked is not None else wait
