"""Channels, what was chosen for them, and everything that goes out by them."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0004"
down_revision = "0003"

_COUNTED = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _channels()
    _choices()
    _deliveries()


def _channels() -> None:
    op.create_table(
        "channels",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("owner", sa.String, nullable=False, index=True),
        sa.Column("school_id", sa.Uuid, index=True),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("kind", "name", "shown", "sealed", "mark", "endpoint")
        ),
        sa.Column("language", sa.String),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", UtcDateTime),
        sa.Column("worked_at", UtcDateTime),
        sa.Column("rotated_at", UtcDateTime),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("removed_at", UtcDateTime),
    )
    there = sa.text("removed_at IS NULL")
    op.create_index(
        "uq_channels_one_address",
        "channels",
        ["owner", "mark"],
        unique=True,
        sqlite_where=there,
        postgresql_where=there,
    )
    op.create_table(
        "link_keys",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("secret", sa.String, nullable=False),
    )
    op.create_table(
        "robot_buckets",
        sa.Column("mark", sa.String, primary_key=True),
        sa.Column("tokens", sa.Float, nullable=False),
        sa.Column("refilled_at", UtcDateTime, nullable=False),
        sa.Column("until", UtcDateTime),
    )


def _choices() -> None:
    op.create_table(
        "preferences",
        sa.Column("owner", sa.String, primary_key=True),
        sa.Column("class_name", sa.String, primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("mode", sa.String, nullable=False),
    )
    op.create_table(
        "quiet_hours",
        sa.Column("owner", sa.String, primary_key=True),
        sa.Column("starts", sa.Integer, nullable=False),
        sa.Column("ends", sa.Integer, nullable=False),
        sa.Column("days_off", sa.Boolean, nullable=False),
        sa.Column("digest_at", sa.Integer, nullable=False),
    )
    op.create_table(
        "days",
        sa.Column("day", sa.String, primary_key=True),
        sa.Column("works", sa.Boolean, nullable=False),
        sa.Column("name", sa.String, nullable=False),
    )


def _deliveries() -> None:
    op.create_table(
        "letters",
        sa.Column("notice_id", sa.Uuid, primary_key=True),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("class_name", "subject_zh", "subject_en", "text_zh", "text_en", "link", "sender")
        ),
        sa.Column("written_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "fan_outs",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("notice_id", sa.Uuid, sa.ForeignKey("letters.notice_id"), nullable=False),
        sa.Column("recipients", sa.JSON, nullable=False),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("notice_id", sa.Uuid, sa.ForeignKey("letters.notice_id"), nullable=False),
        sa.Column("recipient", sa.String, nullable=False),
        sa.Column("channel_id", sa.Uuid, sa.ForeignKey("channels.id"), nullable=False),
        sa.Column("school_id", sa.Uuid),
        sa.Column("endpoint", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claim", sa.Uuid),
        sa.Column("lease_until", UtcDateTime),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("layer", sa.String, nullable=False),
        sa.Column("queued_at", UtcDateTime, nullable=False),
        sa.Column("done_at", UtcDateTime),
        sa.Column("digest_id", sa.Uuid),
        sa.UniqueConstraint("notice_id", "recipient", "channel_id"),
    )
    for name, columns, states in (
        ("waiting", ["due_at", "endpoint"], "'queued', 'failed'"),
        ("pending", ["channel_id"], "'queued', 'failed', 'held', 'digest'"),
        ("sending", ["lease_until"], "'sending'"),
        ("dead", ["queued_at"], "'given_up', 'in_doubt'"),
    ):
        few = sa.text(f"state IN ({states})")
        op.create_index(
            f"ix_deliveries_{name}", "deliveries", columns, sqlite_where=few, postgresql_where=few
        )
    op.create_index("ix_deliveries_school", "deliveries", ["school_id", "queued_at"])
    op.create_table(
        "attempts",
        sa.Column("id", _COUNTED, primary_key=True, autoincrement=True),
        sa.Column("delivery_id", sa.Uuid, sa.ForeignKey("deliveries.id"), nullable=False, index=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("claim", sa.Uuid, nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("outcome", sa.String),
        sa.Column("code", sa.String, nullable=False),
        sa.Column("answer", sa.String, nullable=False),
        sa.Column("next_at", UtcDateTime),
    )
