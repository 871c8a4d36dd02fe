"""Jobs: work that outlives a request — leased, resumable, with progress and cancel.

    job_id = enqueue(tx, kind="roster-import", arguments={"upload": str(upload_id)})   # in the command

    def import_roster(step: Step) -> Outcome:                                          # in the worker
        at = step.checkpoint["row"] if step.checkpoint else 0
        rows = read_rows(step.arguments["upload"], at, at + 200)     # prepares; no transaction is open
        if not rows:
            return Done(result={"rows": at})
        return More(                                                 # committed together, or not at all
            effect=lambda tx: [commands.enrol(tx, row=row) for row in rows],
            checkpoint={"row": at + len(rows)}, done=at + len(rows),
        )

A service lists its handlers by kind in `Service.jobs`; a kind that nobody here handles waits for who does.
"""

from shared.jobs.handler import Done, Effect, Interrupted, JobHandler, More, Outcome, Step
from shared.jobs.queue import Job, JobId, JobState, enqueue, gauges, job, purge, purging, request_cancel
from shared.jobs.runner import JobRunner

__all__ = [
    "Done",
    "Effect",
    "Interrupted",
    "Job",
    "JobHandler",
    "JobId",
    "JobRunner",
    "JobState",
    "More",
    "Outcome",
    "Step",
    "enqueue",
    "gauges",
    "job",
    "purge",
    "purging",
    "request_cancel",
]
