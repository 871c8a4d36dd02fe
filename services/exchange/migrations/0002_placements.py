"""Placements, their steps, and whose accounts are. PostgreSQL itself lets nobody be placed twice at a time."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0002"
down_revision = "0001"

_NO_TWO = """
ALTER TABLE placements ADD CONSTRAINT no_two_at_once EXCLUDE USING gist
(person_id WITH =, daterange(starts_on, coalesce(left_on, ends_on), '[]') WITH &&) WHERE (taking)
"""
_STATES = (
    "applied",
    "nominated",
    "accepted",
    "agreed",
    "active",
    "midterm",
    "returned",
    "appraised",
    "closed",
    "refused",
    "withdrawn",
    "ended_early",
)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "identities",
        sa.Column("account_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Uuid, index=True),
    )
    op.create_table(
        "placements",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("origin_school_id", sa.Uuid, nullable=False, index=True),
        sa.Column("host_school_id", sa.Uuid, nullable=False, index=True),
        sa.Column("origin_region", sa.String, nullable=False),
        sa.Column("host_region", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False, index=True),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("left_on", sa.Date),
        sa.Column("relation_moves", sa.Boolean, nullable=False),
        sa.Column("remark", sa.String, nullable=False),
        sa.Column("agreement_id", sa.Uuid, index=True),
        sa.Column("agreement_version", sa.Integer),
        sa.Column("pair_id", sa.Uuid, index=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("taking", sa.Boolean, nullable=False),
        sa.Column("agreed_origin", UtcDateTime),
        sa.Column("agreed_host", UtcDateTime),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("justified", sa.Boolean),
        sa.Column("notes", sa.JSON, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("import_id", sa.Uuid, index=True),
        sa.Column("import_row", sa.Integer),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.CheckConstraint(f"state IN {_STATES}", name="state"),
        sa.CheckConstraint("origin_school_id <> host_school_id", name="elsewhere"),
        sa.CheckConstraint("ends_on >= starts_on", name="order"),
        sa.Index("ix_placements_person_id_starts_on", "person_id", "starts_on"),
        sa.Index("ix_placements_origin_region_state", "origin_region", "state"),
        sa.Index("ix_placements_host_region_state", "host_region", "state"),
    )
    op.create_table(
        "placement_steps",
        sa.Column(
            "placement_id", sa.Uuid, sa.ForeignKey("placements.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("number", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("verb", "state", "party", "by")),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("on", sa.Date),
        sa.Column("reason", sa.String, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Trusted since PostgreSQL 13: the owner of the database may create it and need be no superuser.
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(_NO_TWO)
