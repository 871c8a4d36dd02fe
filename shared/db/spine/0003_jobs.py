"""Jobs and timers."""

import sqlalchemy as sa
from alembic import op

from shared.db.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('queued', 'running')")


def upgrade() -> None:
    """Make the tables that `shared.jobs` and `shared.worker.timers` declare."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("arguments", sa.JSON, nullable=False),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("traceparent", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("cancel_requested_at", UtcDateTime),
        sa.Column("checkpoint", sa.JSON),
        sa.Column("done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("total", sa.Integer),
        sa.Column("sentence_zh", sa.Text),
        sa.Column("sentence_en", sa.Text),
        sa.Column("result", sa.JSON),
        sa.Column("error_zh", sa.Text),
        sa.Column("error_en", sa.Text),
        sa.Column("error_trace", sa.Text),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("started_at", UtcDateTime),
        sa.Column("finished_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="ck_jobs_state"
        ),
    )
    op.create_index("ix_jobs_due", "jobs", ["due_at", "id"], sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index("ix_jobs_finished_at", "jobs", ["finished_at"])
    op.create_table(
        "timers",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("ran_at", UtcDateTime),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("last_error", sa.Text),
        sa.PrimaryKeyConstraint("name", name="pk_timers"),
    )
