"""Announcements, their files, and what each school has said to them."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "announcements",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("title", "body", "host_region", "state", "created_by", "reason")
        ),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("asks", sa.Boolean, nullable=False),
        sa.Column("confirm_by", UtcDateTime),
        sa.Column("send_at", UtcDateTime),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("drafted_at", UtcDateTime, nullable=False),
        sa.Column("sent_at", UtcDateTime),
        sa.Column("withdrawn_at", UtcDateTime),
        sa.Column("reminded", sa.Integer, nullable=False),
        sa.Column("escalated_at", UtcDateTime),
    )
    op.create_index("ix_announcements_state", "announcements", ["state", "send_at"])
    op.create_table(
        "announcement_files",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("announcement_id", sa.Uuid, sa.ForeignKey("announcements.id"), nullable=False, index=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "receipts",
        sa.Column("announcement_id", sa.Uuid, sa.ForeignKey("announcements.id"), primary_key=True),
        sa.Column("school_id", sa.Uuid, primary_key=True, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("told_at", UtcDateTime, nullable=False),
        sa.Column("read_at", UtcDateTime),
        sa.Column("read_by", sa.String, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("confirmed_at", UtcDateTime),
        sa.Column("confirmed_by", sa.String, nullable=False),
        sa.Column("confirmed_name", sa.String, nullable=False),
    )
