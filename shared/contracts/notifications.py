"""What notifications publishes: which notices wait to be read."""

from shared.contracts.tasks import Task
from shared.events.contract import Topic, published

TASKS = Topic("notifications.tasks", partitions=3, compacted=True)


@published("notifications.task.changed.v1", on=TASKS, key="task_id")
class NotificationsTask(Task, frozen=True, kw_only=True):
    """A school's notice that its liaison has to read."""
