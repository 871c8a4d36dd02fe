"""What an answer means for a delivery and its channel: the one place where that is decided."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notifications.channels.model import Answer
from services.notifications.deliveries.model import State
from services.notifications.deliveries.policies.retries import wait_before

#: A channel that failed so often in a row, for so long, is paused.
FAILURES, FAILING_FOR = 8, timedelta(minutes=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of the delivery. due_at: when it is tried again. counts: whether the try was one."""

    state: State
    due_at: datetime | None = None
    reason: str = ""
    counts: bool = True


def fate(
    answer: Answer,
    *,
    kind: str,
    attempts: int,
    again: bool,
    now: datetime,
    expires_at: datetime,
    chance: float,
) -> Fate:
    """What becomes of a delivery after its `attempts`-th try was answered so.

    again: what its class says of a mail or a robot's message that nobody knows of; a webhook is always repeated, because
    its id tells the other side that it is the same.
    """
    match answer.outcome:
        case "delivered" | "sent":
            return Fate(state="delivered" if answer.outcome == "delivered" else "sent")
        case "refused":
            return Fate(state="given_up", reason=answer.channel or "refused")
        case "untried":
            return Fate(state="queued", due_at=now, counts=False)
        case "limited":
            due = now + (answer.wait or timedelta(minutes=1))
            reason = "no_server" if answer.code == "no-server" else "limited"
            return Fate(state="queued", due_at=due, reason=reason, counts=False)
        case "in_doubt" if kind != "webhook" and not again:
            return Fate(state="in_doubt", reason="in_doubt")
    return _next_try(answer, kind=kind, attempts=attempts, now=now, expires_at=expires_at, chance=chance)


def _next_try(
    answer: Answer, *, kind: str, attempts: int, now: datetime, expires_at: datetime, chance: float
) -> Fate:
    wait = wait_before(kind, attempts=attempts, chance=chance, asked=answer.wait)
    if wait is None:
        return Fate(state="given_up", reason="tried")
    if now + wait >= expires_at:
        return Fate(state="given_up", reason="stale")
    return Fate(state="failed", due_at=now + wait, reason="in_doubt" if answer.outcome == "in_doubt" else "")
