"""The parts of a course, in their order."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "course_parts",
        sa.Column("parent_id", sa.Uuid, sa.ForeignKey("items.id"), primary_key=True),
        sa.Column("index", sa.Integer, primary_key=True),
        sa.Column("item_id", sa.Uuid, sa.ForeignKey("items.id"), nullable=False, index=True),
        sa.UniqueConstraint("parent_id", "item_id"),
    )
