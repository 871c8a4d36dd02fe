"""Queueing what goes out, sending it, and steering what did not arrive."""

from services.notifications.deliveries.commands.queueing import fan_out, queue
from services.notifications.deliveries.commands.steering import let_go, send_again, settle_doubt, try_channel

__all__ = ["fan_out", "let_go", "queue", "send_again", "settle_doubt", "try_channel"]
