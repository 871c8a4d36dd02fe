"""Files: on their way, kept, and attached to versions of items."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "stored_files",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("sha256", sa.String, nullable=False, unique=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("media_type", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("preview", sa.String, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("stored_at", UtcDateTime, nullable=False),
        sa.Column("read_at", UtcDateTime),
        sa.Column("trouble_zh", sa.String, nullable=False),
        sa.Column("trouble_en", sa.String, nullable=False),
    )
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("by", sa.String, nullable=False, index=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("arrived", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("why_zh", sa.String, nullable=False),
        sa.Column("why_en", sa.String, nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
        sa.Column("stored_id", sa.Uuid, sa.ForeignKey("stored_files.id")),
        sa.Column("target_id", sa.Uuid, index=True),
        sa.CheckConstraint("state IN ('receiving', 'received', 'ready', 'refused')", name="state"),
    )
    op.create_table(
        "upload_parts",
        sa.Column("upload_id", sa.Uuid, sa.ForeignKey("uploads.id"), primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("key", sa.String, nullable=False),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version_id", sa.Uuid, nullable=False, index=True),
        sa.Column("stored_id", sa.Uuid, sa.ForeignKey("stored_files.id"), index=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("link", sa.String, nullable=False),
        sa.Column("added_by", sa.String, nullable=False),
        sa.Column("added_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("version_id", "stored_id"),
    )
