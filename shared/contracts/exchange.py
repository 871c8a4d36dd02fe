"""What exchange publishes: placements as whole states, agreements as whole states, and what waits for whom."""

from datetime import date, timedelta
from uuid import UUID

from shared.contracts.tasks import Moment, Task
from shared.events.contract import Event, Topic, published

PLACEMENTS = Topic("exchange.placements", partitions=6, compacted=True)
AGREEMENTS = Topic("exchange.agreements", partitions=3, retention=timedelta(days=30))
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


@published("exchange.agreement.changed.v1", on=AGREEMENTS, key="agreement_id")
class AgreementChanged(Event, frozen=True, kw_only=True):
    """An agreement took a step; how it stands then.

    parties: scopes such as `region:632800`. state: of the newest content: `draft`, `asked` (parties are to approve it), `agreed`,
    `rejected` or `withdrawn`; `terminated` once it ends before its time. content: the number of that content, sha256: of its
    canonical form. in_force: the number of the content that all parties approved, None before. waiting: the parties that have
    not answered. step: what was done last, such as `ask`, `approve`, `revise` or `terminate`; by: for which party.
    """

    agreement_id: UUID
    title: str
    parties: tuple[str, ...]
    state: str
    content: int
    sha256: str
    starts_on: date
    ends_on: date
    step: str
    in_force: int | None = None
    waiting: tuple[str, ...] = ()
    by: str = ""
    reason: str = ""
    terminated_on: date | None = None


@published("exchange.task.changed.v1", on=TASKS, key="task_id")
class ExchangeTask(Task, frozen=True, kw_only=True):
    """A placement or an agreement that waits for a school or a region to take the next step."""
