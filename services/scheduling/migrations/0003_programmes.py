"""Programmes and their rosters; sessions that take place more than once, are led, postponed, held and closed."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables and add the columns; all of them may be left out by a replica of the release before."""
    op.create_table(
        "programmes",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("host_region", sa.String, nullable=False, index=True),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("hours", sa.Integer),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("drafted_at", UtcDateTime, nullable=False),
        sa.Column("released_at", UtcDateTime),
    )
    op.create_table(
        "trainees",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("programme_id", sa.Uuid, sa.ForeignKey("programmes.id"), nullable=False, index=True),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Uuid, index=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("name", "unit", "post", "phone", "source")),
        sa.Column("entered_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("programme_id", "person_id"),
    )
    op.add_column("sessions", sa.Column("programme_id", sa.Uuid))
    op.create_index("ix_sessions_programme_id", "sessions", ["programme_id"])
    op.add_column("sessions", sa.Column("ordinal", sa.Integer))
    op.add_column("sessions", sa.Column("note", sa.String, nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("led_by", sa.JSON))
    op.add_column("sessions", sa.Column("times", sa.JSON))
    for name in ("postponed_at", "held_at", "closed_at"):
        op.add_column("sessions", sa.Column(name, UtcDateTime))
