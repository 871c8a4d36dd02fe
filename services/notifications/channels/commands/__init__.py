"""Choosing channels, changing them, and stopping them."""

from services.notifications.channels.commands.choosing import (
    add_channel,
    change_channel,
    pause_channel,
    remove_channel,
    resume_channel,
    rotate_secret,
)

__all__ = [
    "add_channel",
    "change_channel",
    "pause_channel",
    "remove_channel",
    "resume_channel",
    "rotate_secret",
]
