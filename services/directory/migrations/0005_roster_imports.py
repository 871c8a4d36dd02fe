"""Imports of rosters, what they do row by row, and what offices said of their columns."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0005"
down_revision = "0004"

_STATES = ("reading", "staged", "applying", "applied", "undoing", "undone", "discarded")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "roster_imports",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("filename", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("region_code", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("job_id", sa.Uuid),
        sa.Column("with_gone", sa.Boolean, nullable=False),
        sa.Column("staged_at", UtcDateTime, nullable=False, index=True),
        sa.Column("confirmed_at", UtcDateTime),
        sa.Column("finished_at", UtcDateTime),
        sa.CheckConstraint(f"state IN {_STATES}", name="state"),
    )
    op.create_table(
        "roster_import_rows",
        sa.Column("import_id", sa.Uuid, sa.ForeignKey("roster_imports.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("action", sa.String, nullable=False),
        sa.Column("target_id", sa.Uuid, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("base", sa.Integer, nullable=False),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("after", sa.JSON, nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("skipped", sa.Boolean, nullable=False),
    )
    op.create_index(
        "ix_roster_import_rows_of", "roster_import_rows", ["import_id", "kind", "action", "position"]
    )
    op.create_table(
        "roster_import_problems",
        sa.Column("import_id", sa.Uuid, sa.ForeignKey("roster_imports.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("zh", sa.String, nullable=False),
        sa.Column("en", sa.String, nullable=False),
    )
    op.create_table(
        "roster_columns",
        sa.Column("region_code", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("field", sa.String),
    )
