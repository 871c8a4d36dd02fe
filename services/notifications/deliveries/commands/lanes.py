"""The lane of one endpoint: how much it may have in hand, and how long it rests after it hung."""

import time
from collections import deque
from dataclasses import dataclass, field

from services.notifications.channels.model import ROBOTS, Answer
from services.notifications.deliveries.commands.claiming import Claimed

#: An endpoint that hangs waits so many seconds before the next try, twice as long each time, up to the last.
_FIRST_REST, _LONGEST_REST = 15.0, 300.0

#: What nobody knows yet begins with so many, and may have one more for each that went well: of a crowd of endpoints that
#: hang none has more than these.
_AT_FIRST = 2


@dataclass(slots=True)
class Lane:
    """An endpoint: its threads at once, what waits for one, and how it is doing. Whoever uses it holds the sender's lock.

    most: threads; ahead: deliveries in its hand at most, few where they would be in doubt after a crash.
    """

    most: int
    ahead: int
    window: int = _AT_FIRST
    waiting: deque[tuple[Claimed, float]] = field(default_factory=deque)
    running: int = 0
    hung: int = 0
    rests_until: float = 0.0

    def room(self) -> int:
        """How many more may be claimed for it. A few at a time would cost as much as many: it is filled from the half on."""
        if self.rests:
            return 0
        taken, window = self.running + len(self.waiting), 1 if self.hung else self.window
        return window - taken if taken <= window // 2 else 0

    def begins(self) -> bool:
        """Whether another thread may work for it."""
        return self.running < (1 if self.hung else min(self.most, self.window))

    @property
    def rests(self) -> bool:
        """Whether nothing goes there now."""
        return time.monotonic() < self.rests_until

    def note(self, answer: Answer) -> None:
        """How it is doing: one that hangs rests and begins anew, one that answers may have more."""
        if answer.slow:
            self.hung, self.window = self.hung + 1, _AT_FIRST
            rest = min(_LONGEST_REST, _FIRST_REST * 2.0 ** min(self.hung - 1, 10))
            self.rests_until = time.monotonic() + rest
        elif answer.outcome != "untried":
            self.hung, self.window = 0, min(self.ahead, self.window + 1)


def lane_for(kind: str) -> Lane:
    """A lane for an endpoint of that kind of channel."""
    if kind in ROBOTS:
        return Lane(most=1, ahead=4)
    return Lane(most=4, ahead=48) if kind == "email" else Lane(most=8, ahead=144)
