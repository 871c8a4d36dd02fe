"""The table of jobs, in every service's own database.

A job is queued → running → succeeded, failed or cancelled; from running it also goes back to queued (a failed
step that is tried again, a worker that drains, another job's turn).
"""

import sqlalchemy as sa
from sqlalchemy import JSON, CheckConstraint, Column, Index, Integer, Table, Text, Uuid

from shared.db.base import SPINE, UtcDateTime

#: States in which there is still something to do.
OPEN = ("queued", "running")

_OPEN = sa.text("state IN ('queued', 'running')")

jobs = Table(
    "jobs",
    SPINE,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("traceparent", Text),
    Column("state", Text, nullable=False),
    # From when on a runner may take the job: the end of a back-off while queued, of the lease while running.
    Column("due_at", UtcDateTime, nullable=False),
    # Who holds the lease, for people; `fence` is what counts. It changes with every claim and every saved step,
    # so that whoever was overtaken, or does not know whether its last commit succeeded, can save nothing more.
    Column("owner", Text),
    Column("fence", Integer, nullable=False, server_default="0"),
    # Steps that failed, or took their process with them, since the last one that was saved.
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("cancel_requested_at", UtcDateTime),
    Column("checkpoint", JSON(none_as_null=True)),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer),
    Column("sentence_zh", Text),
    Column("sentence_en", Text),
    Column("result", JSON(none_as_null=True)),
    Column("error_zh", Text),
    Column("error_en", Text),
    Column("error_trace", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    CheckConstraint("state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="state"),
    Index("ix_jobs_due", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_jobs_finished_at", "finished_at"),
)
