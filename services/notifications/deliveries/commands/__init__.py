"""Queueing what goes out, sending it, and steering what did not arrive."""

from services.notifications.deliveries.commands.queueing import queue, queue_some, spread, stepwise
from services.notifications.deliveries.commands.steering import let_go, send_again, settle_doubt, try_channel

__all__ = ["let_go", "queue", "queue_some", "send_again", "settle_doubt", "spread", "stepwise", "try_channel"]
