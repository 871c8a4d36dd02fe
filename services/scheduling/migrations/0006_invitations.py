"""Who is invited, what schools answer, and who has a place."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables. What was released before has invited its schools without them, and stays as it is."""
    op.add_column("sessions", sa.Column("awaiting_schools", sa.JSON))
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("places", sa.Integer),
        sa.Column("deadline", UtcDateTime),
        sa.Column("number", sa.Integer, nullable=False),
        sa.CheckConstraint("kind IN ('session', 'programme')", name="kind"),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), nullable=False, index=True),
        sa.Column("host_region", sa.String, nullable=False, index=True),
        sa.Column("region_code", sa.String, nullable=False, index=True),
        sa.Column("whom", sa.String, nullable=False),
        sa.Column("schools", sa.JSON, nullable=False),
        sa.Column("crosses", sa.Boolean, nullable=False),
        sa.Column("places", sa.Integer),
        sa.Column("school_places", sa.Integer),
        *(sa.Column(name, sa.String, nullable=False) for name in ("state", "note", "reason", "opened_by")),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("answered_by", sa.String),
        sa.Column("answered_at", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
        sa.CheckConstraint("state IN ('asked', 'open', 'refused', 'withdrawn')", name="state"),
    )
    op.create_table(
        "answers",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("invitation_id", sa.Uuid, sa.ForeignKey("invitations.id"), nullable=False, index=True),
        sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), nullable=False, index=True),
        sa.Column("school_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("asked", sa.Boolean, nullable=False),
        sa.Column("answered_by", sa.String),
        sa.Column("answered_at", UtcDateTime),
        sa.CheckConstraint("state IN ('waiting', 'named', 'declined', 'out')", name="state"),
    )
    op.create_index("ix_answers_school_id_state", "answers", ["school_id", "state"])
    op.create_table(
        "places",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("enrolment_id", sa.Uuid, sa.ForeignKey("enrolments.id"), nullable=False),
        sa.Column("invitation_id", sa.Uuid, sa.ForeignKey("invitations.id"), nullable=False, index=True),
        sa.Column("answer_id", sa.Uuid, sa.ForeignKey("answers.id"), nullable=False, index=True),
        sa.Column("school_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False, index=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("source", "named_by")),
        sa.Column("named_at", UtcDateTime, nullable=False),
        sa.Column("admitted_at", UtcDateTime),
        sa.Column("withdrawn_at", UtcDateTime),
        sa.UniqueConstraint("enrolment_id", "person_id"),
        sa.CheckConstraint("state IN ('in', 'waiting', 'withdrawn')", name="state"),
    )
    op.create_index("ix_places_enrolment_id_state", "places", ["enrolment_id", "state"])
