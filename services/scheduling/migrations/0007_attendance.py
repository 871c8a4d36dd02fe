"""Who was there: doors, presences, corrections, wrong codes; what hours count; certificates."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "check_ins",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("session_id", sa.Uuid, sa.ForeignKey("sessions.id"), nullable=False, index=True),
        sa.Column("starts_at", UtcDateTime, nullable=False),
        sa.Column("ends_at", UtcDateTime, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("opened_by", sa.String, nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("session_id", "starts_at"),
    )
    op.create_table(
        "presences",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("check_in_id", sa.Uuid, sa.ForeignKey("check_ins.id"), nullable=False),
        sa.Column("session_id", sa.Uuid, nullable=False, index=True),
        sa.Column("participant_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("school_id", sa.Uuid),
        *(sa.Column(name, sa.String, nullable=False) for name in ("name", "state", "how", "recorded_by")),
        sa.Column("starts_at", UtcDateTime, nullable=False),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("arrived_at", UtcDateTime),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("check_in_id", "participant_id"),
    )
    op.create_index("ix_presences_person_id_starts_at", "presences", ["person_id", "starts_at"])
    op.create_table(
        "presence_corrections",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("presence_id", sa.Uuid, sa.ForeignKey("presences.id"), nullable=False, index=True),
        *(sa.Column(name, sa.String, nullable=False) for name in ("was", "now", "reason", "by")),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_table(
        "wrong_codes",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("check_in_id", sa.Uuid, sa.ForeignKey("check_ins.id"), nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_wrong_codes_check_in_id_who", "wrong_codes", ["check_in_id", "who", "at"])
    op.create_table(
        "hour_rules",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("region_code", sa.String, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("minutes_per_hour", "half_day", "full_day", "daily_cap", "five_years")
        ),
        sa.Column("set_by", sa.String, nullable=False),
        sa.Column("set_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("region_code", "since"),
    )
    op.create_table(
        "certificate_serials",
        sa.Column("region_code", sa.String, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.create_table(
        "certificates",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("number", sa.String, nullable=False, unique=True),
        sa.Column("code", sa.String, nullable=False, unique=True),
        sa.Column("programme_id", sa.Uuid, sa.ForeignKey("programmes.id"), nullable=False, index=True),
        sa.Column("trainee_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, index=True),
        *(
            sa.Column(name, sa.String, nullable=False)
            for name in ("name", "unit", "title", "issuer", "hours")
        ),
        sa.Column("begins_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("issued_at", UtcDateTime, nullable=False),
        sa.Column("issued_by", sa.String, nullable=False),
        sa.Column("revoked_at", UtcDateTime),
        sa.Column("reason", sa.String, nullable=False),
    )
    # One that holds for each trainee; those that were revoked stay on record beside it.
    op.create_index(
        "uq_certificates_trainee_id",
        "certificates",
        ["trainee_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
        sqlite_where=sa.text("revoked_at IS NULL"),
    )
