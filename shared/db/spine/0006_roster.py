"""The rest of the roster's copy: regions, groups, organisations, people, and what more is known of schools."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_PERSON = ("sex", "birth", "id_last4", "subject", "post", "title", "backbone", "since", "degree", "stage")


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "roster_regions",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("parent_code", sa.Text),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("abolished", sa.Boolean, nullable=False),
    )
    for column in (
        sa.Column("setting", sa.Text, nullable=False, server_default=""),
        sa.Column("pupils", sa.Integer),
        sa.Column("pupils_primary", sa.Integer),
        sa.Column("pupils_junior", sa.Integer),
        sa.Column("retired", sa.Boolean, nullable=False, server_default=sa.false()),
    ):
        op.add_column("roster_schools", column)
    op.create_table(
        "roster_organisations",
        sa.Column("organisation_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("region_code", sa.Text, nullable=False, index=True),
        sa.Column("retired", sa.Boolean, nullable=False),
    )
    op.create_table(
        "roster_groups",
        sa.Column("group_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("lead_school_id", sa.Uuid, nullable=False),
        sa.Column("chief_principal", sa.Text, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
    )
    op.create_table(
        "roster_group_schools",
        sa.Column("group_id", sa.Uuid, primary_key=True),
        sa.Column("school_id", sa.Uuid, primary_key=True, index=True),
    )
    op.create_table(
        "roster_people",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False, index=True),
        sa.Column("school_id", sa.Uuid, index=True),
        sa.Column("organisation_id", sa.Uuid, index=True),
        *(sa.Column(word, sa.Text, nullable=False) for word in _PERSON),
        sa.Column("left", sa.Boolean, nullable=False),
        sa.Column("merged_into", sa.Uuid),
    )
