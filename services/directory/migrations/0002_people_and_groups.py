"""Regions, organisations, groups and people; what more is known of schools; figures of school years that are over."""

import sqlalchemy as sa
from alembic import op

from shared.db import UtcDateTime
from shared.pinyin import spelt

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables and columns; write down what schools that are there are found by."""
    op.create_table(
        "regions",
        *_aggregate(),
        sa.Column("code", sa.String, nullable=False, unique=True),
        sa.Column("name", sa.String, nullable=False, index=True),
        sa.Column("name_en", sa.String, nullable=False),
        sa.Column("level", sa.String, nullable=False),
        sa.Column("parent_code", sa.String, index=True),
        sa.Column("zone", sa.String, nullable=False),
        sa.Column("abolished", sa.Boolean, nullable=False),
    )
    _more_of_schools()
    op.create_table(
        "school_years",
        sa.Column("school_id", sa.Uuid, sa.ForeignKey("schools.id"), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("stage", sa.String, nullable=False),
        sa.Column("setting", sa.String, nullable=False),
        sa.Column("pupils", sa.Integer),
        sa.Column("pupils_primary", sa.Integer),
        sa.Column("pupils_junior", sa.Integer),
        sa.Column("people", sa.Integer, nullable=False),
    )
    op.create_table(
        "organisations",
        *_aggregate(),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("pinyin", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("region_code", sa.String, nullable=False),
        sa.Column("contact", sa.String, nullable=False),
        sa.Column("phone", sa.String, nullable=False),
        sa.Column("retired_at", UtcDateTime),
        sa.UniqueConstraint("region_code", "name"),
    )
    op.create_table(
        "education_groups",
        *_aggregate(),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("pinyin", sa.String, nullable=False),
        sa.Column("lead_school_id", sa.Uuid, sa.ForeignKey("schools.id"), nullable=False, index=True),
        sa.Column("member_ids", sa.JSON, nullable=False),
        sa.Column("chief_principal", sa.String, nullable=False),
        sa.Column("retired_at", UtcDateTime),
    )
    _people()


def _aggregate() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _more_of_schools() -> None:
    for column in (
        sa.Column("pinyin", sa.String, nullable=False, server_default=""),
        sa.Column("setting", sa.String, nullable=False, server_default=""),
        sa.Column("pupils", sa.Integer),
        sa.Column("pupils_primary", sa.Integer),
        sa.Column("pupils_junior", sa.Integer),
        sa.Column("contact", sa.String, nullable=False, server_default=""),
        sa.Column("phone", sa.String, nullable=False, server_default=""),
        sa.Column("retired_at", UtcDateTime),
    ):
        op.add_column("schools", column)
    op.create_index("ix_schools_name", "schools", ["name"])
    schools = sa.table("schools", sa.column("id", sa.Uuid), sa.column("name"), sa.column("pinyin"))
    connection = op.get_bind()
    for id_, name in connection.execute(sa.select(schools.c.id, schools.c.name)).all():
        connection.execute(sa.update(schools).where(schools.c.id == id_).values(pinyin=spelt(name)))


def _people() -> None:
    words = (
        "sex",
        "birth",
        "id_last4",
        "subject",
        "post",
        "title",
        "backbone",
        "since",
        "degree",
        "stage",
        "phone",
    )
    op.create_table(
        "people",
        *_aggregate(),
        sa.Column("name", sa.String, nullable=False, index=True),
        sa.Column("pinyin", sa.String, nullable=False),
        sa.Column("school_id", sa.Uuid, sa.ForeignKey("schools.id")),
        sa.Column("organisation_id", sa.Uuid, sa.ForeignKey("organisations.id"), index=True),
        *(sa.Column(word, sa.String, nullable=False) for word in words),
        sa.Column("left_at", UtcDateTime),
        sa.Column("merged_into", sa.Uuid),
        sa.CheckConstraint("school_id IS NULL OR organisation_id IS NULL", name="one_unit"),
        sa.CheckConstraint("length(id_last4) IN (0, 4)", name="four_digits_or_none"),
    )
    # Lists are read in this order, a school's own list and the prefecture's alike.
    op.create_index("ix_people_school_id_pinyin", "people", ["school_id", "pinyin", "id"])
    op.create_index("ix_people_pinyin", "people", ["pinyin", "id"])
