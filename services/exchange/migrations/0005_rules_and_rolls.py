"""Dated rules of regions, the roll of each school year, its closing, and what is foretold of it."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "region_rules",
        sa.Column("region_code", sa.String, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("rules", sa.JSON, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "roll_years",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
    )
    facts = ("sex", "birth", "subject", "post", "title", "backbone", "since", "degree", "stage")
    closed = sa.text("region_code IS NOT NULL")
    op.create_table(
        "roll_entries",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("school_id", sa.Uuid, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in facts),
        sa.Column("region_code", sa.String),
        sa.Column("sender_id", sa.Uuid),
        sa.Column("why", sa.String),
        sa.Column("exchanged", sa.String),
        sa.Column("senior", sa.Boolean),
        sa.Column("principal", sa.Boolean),
        sa.Column("due", sa.Boolean),
        sa.Column("placement_id", sa.Uuid),
        sa.Index("ix_roll_entries_person_id", "person_id"),
        sa.Index("ix_roll_entries_year_school_id", "year", "school_id"),
        sa.Index(
            "ix_roll_entries_year_region_code",
            "year",
            "region_code",
            postgresql_where=closed,
            sqlite_where=closed,
        ),
    )
    op.create_table(
        "year_closings",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("region_code", sa.String, primary_key=True),
        *(sa.Column(name, sa.JSON, nullable=False) for name in ("figures", "balance", "rules", "held")),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "compliance_forecasts",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("region_code", sa.String, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("falls_short", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("teachers", "backbone")),
        sa.Column("said_at", UtcDateTime, nullable=False),
    )
