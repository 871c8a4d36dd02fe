"""notifications, wired together."""

from collections.abc import Sequence
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from services.notifications.deliveries.commands import fan_out
from services.notifications.deliveries.commands.queueing import JOB as FAN_OUT
from services.notifications.deliveries.commands.sender import Sender
from services.notifications.digests.commands import JOB as GATHER
from services.notifications.digests.commands import ask, gather_due
from services.notifications.inbox.commands import adopt_task
from services.notifications.inbox.queries import task_states
from services.notifications.reactions import REACTIONS
from shared.contracts.notifications import TASKS, NotificationsTask
from shared.runtime import Runtime
from shared.service import Service, Timer
from shared.worker import Loop

if TYPE_CHECKING:
    from flask import Blueprint


def _blueprints() -> Sequence["Blueprint"]:
    # Flask stays out of workers.
    from services.notifications.channels import api as channels_api  # noqa: PLC0415
    from services.notifications.channels import ui as channels  # noqa: PLC0415
    from services.notifications.deliveries import api as deliveries_api  # noqa: PLC0415
    from services.notifications.deliveries import ui as deliveries  # noqa: PLC0415
    from services.notifications.home import ui as home  # noqa: PLC0415
    from services.notifications.inbox import api, ui  # noqa: PLC0415
    from services.notifications.preferences import api as preferences_api  # noqa: PLC0415
    from services.notifications.preferences import ui as preferences  # noqa: PLC0415

    pages = [ui.blueprint, home.blueprint, channels.blueprint, deliveries.blueprint, preferences.blueprint]
    return [
        *pages,
        api.blueprint,
        channels_api.blueprint,
        deliveries_api.blueprint,
        preferences_api.blueprint,
    ]


def _loops(runtime: Runtime) -> Sequence[Loop]:
    sender = Sender(runtime.database, runtime.settings, actor=runtime.service.actor)
    return [
        Loop(
            "sender",
            sender.step,
            service=runtime.service.name,
            idle=(0.1, 1.0),
            drain=sender.drain,
            close=sender.close,
        )
    ]


service = Service(
    name="notifications",
    package="services.notifications",
    version=version("tongxing-notifications"),
    reactions=REACTIONS,
    states={TASKS: task_states},
    adopt={NotificationsTask: adopt_task},
    jobs={FAN_OUT: fan_out, GATHER: gather_due},
    timers=[Timer(name="notifications.digests", every=timedelta(minutes=1), run=ask)],
    loops=_loops,
    blueprints=_blueprints,
)
