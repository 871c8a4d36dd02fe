"""All the ways out, behind one door: a parcel goes in, an answer comes back."""

from datetime import datetime

from services.notifications.channels.commands.hooks import post_hook
from services.notifications.channels.commands.mailing import Mailer
from services.notifications.channels.commands.parcels import Parcel
from services.notifications.channels.commands.reaching import Reach
from services.notifications.channels.commands.robots import post_robot
from services.notifications.channels.model import ROBOTS, Answer
from shared.settings import Settings


class Adapters:
    """Sends parcels of every kind, keeping connections. Thread-safe."""

    def __init__(self, settings: Settings, *, seconds: float = 10.0) -> None:
        """Connect to nothing yet. seconds: what one request may take."""
        self._reach = Reach(allowed=settings.webhook_allow, seconds=seconds)
        self._mailer = Mailer(settings)

    def send(self, parcel: Parcel, *, now: datetime) -> Answer:
        """Try it once."""
        if parcel.kind == "email":
            return self._mailer.send(parcel)
        if parcel.kind in ROBOTS:
            return post_robot(parcel, reach=self._reach, now=now)
        return post_hook(parcel, reach=self._reach, now=now)

    def cut_overdue(self) -> None:
        """End requests that take longer than they may."""
        self._reach.cut_overdue()

    def close(self) -> None:
        """Close what is idle."""
        self._reach.close()
        self._mailer.close()
