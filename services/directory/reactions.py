"""Every event that comes in: directory says who is who, and hears from the others what waits for whom."""

from collections.abc import Mapping

from services.directory.people.commands import take_in
from services.directory.tasks.commands import keep_task
from shared.contracts.exchange import ExchangeTask
from shared.contracts.notifications import NotificationsTask
from shared.contracts.scheduling import SchedulingTask, TraineeEntered
from shared.events.contract import Event
from shared.service import Reaction

REACTIONS: Mapping[type[Event], Reaction] = {
    SchedulingTask: keep_task,
    TraineeEntered: take_in,
    NotificationsTask: keep_task,
    ExchangeTask: keep_task,
}
