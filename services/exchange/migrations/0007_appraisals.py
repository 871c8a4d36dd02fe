"""Appraisals of placements, their forms, raters and ratings."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "appraisal_forms",
        sa.Column("region_code", sa.String, primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("form", sa.JSON, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "appraisals",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("origin_region", sa.String, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("form", sa.JSON, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("form_source", "self_report", "gate_note")),
        sa.Column("gate", sa.Boolean),
        sa.Column("score", sa.Float),
        sa.Column("grade", sa.String),
        sa.Column("raters", sa.Integer, nullable=False),
        sa.Column("missing_why", sa.String, nullable=False),
        sa.Column("decided_by", sa.String),
        sa.Column("decided_at", UtcDateTime),
        sa.Column("appealed_at", UtcDateTime),
        sa.Column("plan_due", sa.Date),
        sa.Column("followed_at", UtcDateTime),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("appeal", "appeal_answer", "reward", "plan", "follow_up", "adopted")
        ),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("state IN ('open', 'decided', 'appealed')", name="state"),
        sa.Index("ix_appraisals_origin_region_year", "origin_region", "year"),
    )
    whose = sa.ForeignKey("appraisals.id", ondelete="CASCADE")
    op.create_table(
        "appraisal_raters",
        sa.Column("appraisal_id", sa.Uuid, whose, primary_key=True),
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("role", sa.String, nullable=False),
    )
    op.create_table(
        "appraisal_ratings",
        sa.Column(
            "appraisal_id", sa.Uuid, sa.ForeignKey("appraisals.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("rater", sa.String, primary_key=True),
        sa.Column("scores", sa.JSON, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("comment", "by")),
        sa.Column("at", UtcDateTime, nullable=False),
    )
