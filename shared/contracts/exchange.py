"""What exchange publishes: placements as whole states, agreements as whole states, and what waits for whom."""

from datetime import date
from uuid import UUID

from shared.contracts.tasks import Moment, Task
from shared.events.contract import Event, Topic, published

PLACEMENTS = Topic("exchange.placements", partitions=6, compacted=True)
TASKS = Topic("exchange.tasks", partitions=3, compacted=True)


@published("exchange.placement.changed.v1", on=PLACEMENTS, key="placement_id")
class PlacementChanged(Event, frozen=True, kw_only=True):
    """A placement as it is now: somebody of one school works at another for a time.

    kind: `support_teaching` (支教), `job_shadowing` (跟岗), `rotation` (轮岗), and may become more. state: `applied`,
    `nominated`, `accepted`, `agreed`, `active`, `midterm`, `returned`, `appraised`, `closed`, `refused`, `withdrawn` or
    `ended_early`; in `active` and `midterm` the person works at the host school. starts_on, ends_on: the first and the last day;
    after an early end or a return the last day that it was. relation_moves: whether the personnel relation goes with the person.
    pair_id: the same of the two placements of an exchange pair. step: what was done last, a verb such as `nominate`,
    `agree` or `extend`, `apply` and `file` at the beginning, `undo` where what was filed is taken back; reason: why, where that
    is said. justified: of an early end, whether it was.
    """

    placement_id: UUID
    person_id: UUID
    origin_school_id: UUID
    host_school_id: UUID
    origin_region: str
    host_region: str
    kind: str
    state: str
    starts_on: date
    ends_on: date
    relation_moves: bool
    step: str
    changed_at: Moment
    reason: str = ""
    justified: bool | None = None
    pair_id: UUID | None = None
    agreement_id: UUID | None = None
    agreement_version: int | None = None


@published("exchange.task.changed.v1", on=TASKS, key="task_id")
class ExchangeTask(Task, frozen=True, kw_only=True):
    """A placement or an agreement that waits for a school or a region to take the next step."""
