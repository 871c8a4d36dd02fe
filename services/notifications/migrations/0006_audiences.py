"""Notices to people as well as to schools, in words of their own; who read them, and what was put away."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns and the table; of what was read before it is unknown who did."""
    for name in ("said_zh", "said_en", "href"):
        op.add_column("notices", sa.Column(name, sa.String, nullable=False, server_default=""))
    op.create_index("ix_notices_starts_at", "notices", ["starts_at"])
    op.add_column("entries", sa.Column("read_by", sa.String, nullable=False, server_default=""))
    op.add_column("entries", sa.Column("archived_at", UtcDateTime))
    counted = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "copies",
        sa.Column("notice_seq", counted, sa.ForeignKey("notices.seq"), primary_key=True),
        sa.Column("account_id", sa.Uuid, primary_key=True, index=True),
        sa.Column("read_at", UtcDateTime),
        sa.Column("archived_at", UtcDateTime),
    )
