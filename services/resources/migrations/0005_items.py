"""Items with their versions, who sees and who makes them; the recordings of sessions."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "items",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False, index=True),
        sa.Column("school_id", sa.Uuid, index=True),
        sa.Column("region_code", sa.String, nullable=False, index=True),
        sa.Column("current_id", sa.Uuid),
        sa.Column("draft_id", sa.Uuid),
        sa.Column("indexes", sa.Integer, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("audiences", sa.JSON, nullable=False),
        sa.Column("session_id", sa.Uuid, unique=True),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("published_at", UtcDateTime, index=True),
        sa.Column("reason", sa.String, nullable=False),
        sa.CheckConstraint("state IN ('draft', 'review', 'published', 'retired')", name="state"),
        sa.CheckConstraint(
            "kind IN ('course', 'lesson_plan', 'recording', 'questions', 'reading', 'research')", name="kind"
        ),
    )
    op.create_table(
        "item_versions",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("items.id"), nullable=False),
        sa.Column("index", sa.Integer, nullable=False),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("title", "summary", "subject", "stage", "grade", "textbook")
        ),
        sa.Column("keywords", sa.JSON, nullable=False),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("language", "licence", "purpose", "made_by")
        ),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.Column("published_at", UtcDateTime),
        sa.UniqueConstraint("item_id", "index"),
    )
    op.create_table(
        "item_audiences",
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("audience", sa.String, primary_key=True, index=True),
    )
    op.create_table(
        "item_schools",
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("school_id", sa.Uuid, primary_key=True, index=True),
    )
    op.create_table(
        "recordings",
        sa.Column("session_id", sa.Uuid, primary_key=True),
        sa.Column("item_id", sa.Uuid, nullable=False, index=True),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("schools", sa.JSON, nullable=False),
        sa.Column("held_at", UtcDateTime, nullable=False),
    )
