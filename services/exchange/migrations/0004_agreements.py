"""Agreements: what they say in each version, and who has answered."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "agreements",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("parties", sa.JSON, nullable=False),
        sa.Column("proposer", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False, index=True),
        sa.Column("content", sa.Integer, nullable=False),
        sa.Column("in_force", sa.Integer),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("terminated_on", sa.Date),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'asked', 'agreed', 'rejected', 'withdrawn', 'terminated')", name="state"
        ),
    )
    op.create_table(
        "agreement_contents",
        sa.Column("agreement_id", sa.Uuid, sa.ForeignKey("agreements.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("terms", sa.JSON, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("sha256", "by")),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("note", sa.String, nullable=False),
    )
    op.create_table(
        "agreement_answers",
        sa.Column("agreement_id", sa.Uuid, sa.ForeignKey("agreements.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("party", sa.String, primary_key=True),
        sa.Column("approved", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("sha256", "by")),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
    )
